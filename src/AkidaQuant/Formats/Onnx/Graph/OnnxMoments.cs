namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The mean and variance of a tensor.</summary>
/// <param name="Root">The tensor.</param>
/// <param name="Axes">The axes, as the nodes give them.</param>
internal sealed record OnnxMoments(string Root, long[] Axes)
{
    /// <summary>What is added to the variance.</summary>
    public float Epsilon { get; init; }

    /// <summary>Whether they are of the same tensor over the same axes.</summary>
    public bool Matches(OnnxMoments other) => Root == other.Root && Axes.SequenceEqual(other.Axes);
}
