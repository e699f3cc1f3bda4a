namespace AkidaQuant.Akida.Layers;

/// <summary>What Akida 2.0 layers do after the sum (akida-model.md 1.1).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum ActivationType : long
{
    /// <summary>Nothing.</summary>
    NoActivation = 0,

    /// <summary>Negative values become 0; an upper bound is optional.</summary>
    ReLU = 1,

    /// <summary>A table.</summary>
    LUT = 2,
}
