namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The integers that a quantizer of another tool gives, and the values that they stand for: <c>scale * (q - zero)</c>.</summary>
/// <param name="Scale">One scale, or one a channel.</param>
/// <param name="Zero">The zero points, one or as many as scales.</param>
/// <param name="Integers">The least and greatest integer.</param>
internal sealed record OnnxGrid(float[] Scale, float[] Zero, (float Least, float Greatest) Integers)
{
    /// <summary>The grid of integers that are values themselves.</summary>
    public static OnnxGrid Plain { get; } = new([1], [0], (float.MinValue, float.MaxValue));

    /// <summary>The least value of all channels.</summary>
    public float Least => Scale.Zip(Spread(Zero), (scale, zero) => scale * (Integers.Least - zero)).Min();

    /// <summary>The greatest value of all channels.</summary>
    public float Greatest => Scale.Zip(Spread(Zero), (scale, zero) => scale * (Integers.Greatest - zero)).Max();

    /// <summary>Whether the integers stand for numbers that are 0 or greater, so that quantizing cuts off all others.</summary>
    public bool IsRectifier => Spread(Zero).All(zero => zero == Integers.Least);

    /// <summary>Whether there is one scale and one zero point for the whole tensor.</summary>
    public bool IsPerTensor => Scale.Length == 1 && Zero.Length == 1;

    /// <summary>Whether integers stand for the same values in both.</summary>
    public bool IsSame(OnnxGrid other) =>
        Scale.AsSpan().SequenceEqual(other.Scale) && Spread(Zero).SequenceEqual(other.Spread(other.Zero));

    private IEnumerable<float> Spread(float[] zero) => zero.Length == Scale.Length ? zero : Enumerable.Repeat(zero[0], Scale.Length);
}
