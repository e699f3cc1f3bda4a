namespace AkidaQuant.Akida.Layers;

/// <summary>How the outputs of a convolution are pooled (akida-model.md 1.1).</summary>
public enum PoolType
{
    /// <summary>Not at all.</summary>
    NoPooling = 0,

    /// <summary>The maximum of a moving window.</summary>
    Max,

    /// <summary>The sum of all positions; the division is part of the scales.</summary>
    Average,
}
