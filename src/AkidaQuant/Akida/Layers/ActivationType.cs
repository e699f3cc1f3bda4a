namespace AkidaQuant.Akida.Layers;

/// <summary>What Akida 2.0 layers do after the sum (akida-model.md 1.1).</summary>
public enum ActivationType
{
    /// <summary>Nothing.</summary>
    NoActivation = 0,

    /// <summary>Negative values become 0; an upper bound is optional.</summary>
    ReLU = 1,

    /// <summary>A table.</summary>
    LUT = 2,
}
