using System.Globalization;
using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// A tensor of exact integers with a binary point: real values are <c>integer / 2^FracBits</c> (numerics.md 2).
/// Immutable; every operation saturates its result to [-2^ValueBits, 2^ValueBits - 1].
/// </summary>
public sealed partial class FixedPoint
{
    /// <summary>The most magnitude bits that a 64-bit integer leaves room for.</summary>
    public const int MaxValueBits = 62;

    /// <summary>A tensor of the given integers, saturated (numerics.md 2.1).</summary>
    /// <param name="values">The integers, of any shape, channels last.</param>
    /// <param name="valueBits">Magnitude bits, the sign left out.</param>
    /// <param name="fracBits">
    /// Fractional bits: one for the tensor, or one for each index of the last axis. The kernel of a depthwise
    /// convolution, of shape (height, width, channels, 1), has one for each of its channels.
    /// </param>
    /// <exception cref="QuantException">ValueBitsOutOfRange; ChannelCountMismatch.</exception>
    public FixedPoint(NdArray<long> values, int valueBits, ScalarOrVector<int> fracBits)
    {
        if (valueBits is < 0 or > MaxValueBits)
        {
            throw Assertions.Failed("ValueBitsOutOfRange", $"Value bits must be from 0 to {MaxValueBits}, but they are {valueBits}.");
        }

        RequireChannels(values.Shape, fracBits.Count);
        Values = values.Map(value => Rounding.Saturate(value, valueBits));
        ValueBits = valueBits;
        FracBits = fracBits;
    }

    /// <summary>A tensor with one binary point for all its elements.</summary>
    public FixedPoint(NdArray<long> values, int valueBits, int fracBits)
        : this(values, valueBits, ScalarOrVector<int>.Scalar(fracBits))
    {
    }

    /// <summary>The integers.</summary>
    public NdArray<long> Values { get; }

    /// <summary>Magnitude bits, the sign left out.</summary>
    public int ValueBits { get; }

    /// <summary>Fractional bits, possibly negative.</summary>
    public ScalarOrVector<int> FracBits { get; }

    /// <summary>The shape of the values.</summary>
    public Shape Shape => Values.Shape;

    /// <summary>Whether one binary point serves the whole tensor; a vector of one element counts (numerics.md 2.1).</summary>
    public bool IsPerTensor => FracBits.Count == 1;

    /// <summary>Whether the fractional bits belong to the last axis but one, as in a depthwise kernel.</summary>
    internal bool IsDepthwiseKernel => ReferenceChannels.IsDepthwise(Shape, FracBits.Count);

    /// <summary>
    /// A tensor whose fractional bits come as an array: axes of size 1 are dropped, and a scalar or vector must
    /// be left (numerics.md 2.1).
    /// </summary>
    /// <exception cref="QuantException">FracBitsRank; ValueBitsOutOfRange; ChannelCountMismatch.</exception>
    public static FixedPoint Create(NdArray<long> values, int valueBits, NdArray<int> fracBits) =>
        new(values, valueBits, ReferenceChannels.Squeeze(fracBits, "FracBitsRank", "Fractional bits"));

    /// <summary>
    /// Quantizes floats, rounding half to even (numerics.md 2.3). Without <paramref name="fracBits"/>, whole
    /// numbers get none and others as many as their greatest magnitude allows, at most <paramref name="valueBits"/>.
    /// </summary>
    /// <exception cref="QuantException">
    /// ValueNotANumber; ValueNotFinite: the greatest magnitude is infinite and decides the fractional bits.
    /// </exception>
    public static FixedPoint Quantize(NdArray<float> x, int valueBits, ScalarOrVector<int>? fracBits = null)
    {
        ScalarOrVector<int> bits = fracBits ?? ScalarOrVector<int>.Scalar(DefaultFracBits(x, valueBits));
        NdArray<long> values = ReferenceChannels.Map(
            x, bits, ReferenceChannels.IsDepthwise(x.Shape, bits.Count), (value, own) => Rounding.Quantize(value, valueBits, own));
        return new FixedPoint(values, valueBits, bits);
    }

    /// <summary>The integer <paramref name="x"/> as a scalar with the given fractional bits, by default none (numerics.md 2.3).</summary>
    public static FixedPoint Quantize(int x, int valueBits, int fracBits = 0) =>
        new(NdArray<long>.Scalar(Rounding.Quantize(x, valueBits, fracBits)), valueBits, fracBits);

    /// <summary>The real values, in float32 (numerics.md 2.4).</summary>
    public NdArray<float> ToFloat() =>
        ReferenceChannels.Map(Values, FracBits, IsDepthwiseKernel, (value, fracBits) => MathF.ScaleB(value, -fracBits));

    /// <summary>-1, 0 or 1 for every element, without fractional bits (numerics.md 2.4).</summary>
    public FixedPoint Sign() => new(Values.Map(value => (long)Math.Sign(value)), ValueBits, 0);

    /// <summary>The type and the real values.</summary>
    public override string ToString() =>
        $"FixedPoint([{string.Join(", ", ToFloat().Values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}])";

    /// <summary>Values for channels must be one, or one for each index of the last axis or of a depthwise kernel's channels.</summary>
    /// <exception cref="QuantException">ChannelCountMismatch.</exception>
    internal static void RequireChannels(Shape shape, int count)
    {
        if (count != 1 && count != shape.Channels && !ReferenceChannels.IsDepthwise(shape, count))
        {
            throw new QuantException(
                "ChannelCountMismatch",
                QuantErrorKind.InvalidArgument,
                $"A tensor of shape {shape} cannot have fractional bits or scales for {count} channels; give one value, or one for each index of its last axis.");
        }
    }

    private static int DefaultFracBits(NdArray<float> x, int valueBits)
    {
        Assertions.Finite(
            x.Values,
            "ValueNotFinite",
            "A value is infinite or not a number, so no fractional bits can be found for the tensor. Give the fractional bits, or check the values.");
        float magnitude = 0;
        bool whole = true;
        foreach (float value in x.Values)
        {
            magnitude = Math.Max(magnitude, Math.Abs(value));
            whole &= value == Rounding.HalfEven(value);
        }

        return whole ? 0 : Rounding.MaxFracBits(valueBits, magnitude);
    }
}
