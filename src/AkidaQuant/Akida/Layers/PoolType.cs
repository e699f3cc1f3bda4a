namespace AkidaQuant.Akida.Layers;

/// <summary>How the outputs of a convolution are pooled (akida-model.md 1.1).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum PoolType : long
{
    /// <summary>Not at all.</summary>
    NoPooling = 0,

    /// <summary>The maximum of a moving window.</summary>
    Max,

    /// <summary>The sum of all positions; the division is part of the scales.</summary>
    Average,
}
