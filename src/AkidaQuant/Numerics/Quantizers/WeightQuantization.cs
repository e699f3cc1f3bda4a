using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Numerics.Quantizers;

/// <summary>The integers of a kernel.</summary>
/// <param name="Values">The integers, in the shape of the weights.</param>
/// <param name="ValueBits">Magnitude bits.</param>
/// <param name="FracBits">Fractional bits: 0 when there are scales, else one for the tensor or one a channel.</param>
/// <param name="Scales">The scales, of shape (), (channels) or, for depthwise kernels, (channels, 1); null for a FixedPoint.</param>
public sealed record QuantizedWeights(NdArray<int> Values, int ValueBits, ScalarOrVector<int> FracBits, NdArray<float>? Scales);

/// <summary>Quantizes kernels (numerics.md 5.2).</summary>
public static class WeightQuantization
{
    /// <summary>The least scale, which an all-zero channel gets.</summary>
    public const float SmallestScale = 1e-6f;

    /// <summary>The most magnitude bits of integers that are all float32 values.</summary>
    private const int ExactBits = 24;
    private const int BlockElements = 1 << 10;

    /// <summary>
    /// Quantizes weights so that the greatest magnitude along <paramref name="axis"/> becomes 2^valueBits - 1
    /// (numerics.md 5.2, compiled mode of 1.2).
    /// </summary>
    /// <param name="weights">Float32 weights of any shape.</param>
    /// <param name="bitwidth">Bits of an integer, the sign included.</param>
    /// <param name="signed">Whether one bit is the sign.</param>
    /// <param name="axis">
    /// The axis with a range for each index, negative from the end; null, or weights of rank 1 or less: one range.
    /// </param>
    /// <param name="fixedPoint">Whether to quantize to fractional bits instead of scales.</param>
    /// <exception cref="QuantException">
    /// WeightNotFinite; BitwidthOutOfRange; WeightAxisOutOfRange; WeightAxisNotSupported: ranges along an axis
    /// that is not the last, other than a depthwise kernel of shape (..., channels, 1), and of another length than the last.
    /// </exception>
    public static QuantizedWeights Quantize(NdArray<float> weights, int bitwidth, bool signed, int? axis, bool fixedPoint = false)
    {
        int valueBits = QuantizerBits.ValueBits(bitwidth, signed);
        float[] held = weights.Held();
        RequireFinite(held);
        NdArray<float> ranges = Ranges(weights, axis);
        int count = ranges.Values.Length;
        var integers = new int[held.Length];
        if (fixedPoint)
        {
            int[] fracBits = Array.ConvertAll(ranges.Values, range => Rounding.MaxFracBits(valueBits, range));
            for (int i = 0; i < integers.Length; i++)
            {
                integers[i] = (int)Rounding.Quantize(held[i], valueBits, fracBits[i % count]);
            }

            ScalarOrVector<int> form =
                ranges.Shape.Rank == 0 ? ScalarOrVector<int>.Scalar(fracBits[0]) : ScalarOrVector<int>.Vector(fracBits);
            return new QuantizedWeights(weights.WithHeld(integers), valueBits, form, null);
        }

        float largest = (1L << valueBits) - 1;
        NdArray<float> scales = ranges.Map(range => Math.Max(Rounding.DivideByConstant(range, largest), SmallestScale));
        Quantize(held, scales.Values, integers, valueBits);
        return new QuantizedWeights(weights.WithHeld(integers), valueBits, ScalarOrVector<int>.Scalar(0), scales);
    }

    /// <summary>Each weight divided by the scale of its column, made an integer as by <see cref="Rounding.Quantize"/>.</summary>
    private static void Quantize(ReadOnlySpan<float> weights, float[] scales, Span<int> integers, int valueBits)
    {
        if (valueBits > ExactBits)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                integers[i] = (int)Rounding.Quantize(weights[i] / scales[i % scales.Length], valueBits, 0);
            }

            return;
        }

        // Integers of so few bits are floats to the last bit, so that rounding and saturating them in float32 is exact.
        float bound = 1 << valueBits;
        float[] divisors = new float[scales.Length * Math.Max(1, BlockElements / scales.Length)];
        for (int i = 0; i < divisors.Length; i += scales.Length)
        {
            scales.CopyTo(divisors, i);
        }

        for (int i = 0; i < weights.Length; i += divisors.Length)
        {
            int count = Math.Min(divisors.Length, weights.Length - i);
            Divide(weights.Slice(i, count), divisors, bound, integers.Slice(i, count));
        }
    }

    /// <summary>Quotients of finite numbers, rounded to even, from -<paramref name="bound"/> to less than it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Divide(ReadOnlySpan<float> weights, ReadOnlySpan<float> divisors, float bound, Span<int> integers)
    {
        Vector<float> least = new(-bound);
        Vector<float> greatest = new(bound - 1);
        int i = 0;
        for (; i + Vector<float>.Count <= weights.Length; i += Vector<float>.Count)
        {
            Vector<float> rounded = Vector.Round(new Vector<float>(weights[i..]) / new Vector<float>(divisors[i..]));
            Vector.ConvertToInt32(Vector.Min(Vector.Max(rounded, least), greatest)).CopyTo(integers[i..]);
        }

        for (; i < weights.Length; i++)
        {
            integers[i] = (int)Math.Clamp(MathF.Round(weights[i] / divisors[i]), -bound, bound - 1);
        }
    }

    /// <summary>Takes the magnitudes of finite numbers into the greatest ones so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TakeMagnitudes(ReadOnlySpan<float> values, Span<float> greatest)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            Vector.Max(new Vector<float>(greatest[i..]), Vector.Abs(new Vector<float>(values[i..]))).CopyTo(greatest[i..]);
        }

        for (; i < values.Length; i++)
        {
            greatest[i] = Math.Max(greatest[i], Math.Abs(values[i]));
        }
    }

    private static NdArray<float> Ranges(NdArray<float> weights, int? axis)
    {
        Shape shape = weights.Shape;
        if (axis is not { } given || shape.Rank <= 1)
        {
            return NdArray<float>.Scalar(weights.Held() is { Length: > 0 } held ? Math.Abs(TensorPrimitives.MaxMagnitude(held)) : 0f);
        }

        int kept = given < 0 ? given + shape.Rank : given;
        if (kept < 0 || kept >= shape.Rank)
        {
            throw new QuantException(
                "WeightAxisOutOfRange",
                QuantErrorKind.InvalidArgument,
                $"The weights have {shape.Rank} axes, so the quantizer's axis must be from {-shape.Rank} to {shape.Rank - 1}, but it is {given}. Use -1 for one range an output channel, or null for one range.");
        }

        bool trailing = given is -2 or 2 && shape.Channels == 1 && shape.Rank > 2;
        if (!trailing && shape[kept] != shape.Channels)
        {
            throw new QuantException(
                "WeightAxisNotSupported",
                QuantErrorKind.NotSupported,
                $"Weights of shape {shape} cannot be quantized along axis {given}: ranges belong to the last axis, or to the channels of a depthwise kernel (height, width, channels, 1). Use -1 or null.");
        }

        // Rows and columns of a diagonal have one element each, and the axes before them are of size 1.
        if (weights.Diagonal is { } diagonal)
        {
            return NdArray<float>.Vector(Array.ConvertAll(diagonal, Math.Abs));
        }

        int inner = 1;
        for (int i = kept + 1; i < shape.Rank; i++)
        {
            inner *= shape[i];
        }

        var ranges = new float[shape[kept]];
        ReadOnlySpan<float> values = weights.Values;
        for (int i = 0; i < values.Length && inner == 1; i += ranges.Length)
        {
            TakeMagnitudes(values.Slice(i, ranges.Length), ranges);
        }

        for (int i = 0; i < values.Length && inner > 1; i += inner)
        {
            int channel = i / inner % ranges.Length;
            ranges[channel] = Math.Max(ranges[channel], Math.Abs(TensorPrimitives.MaxMagnitude(values.Slice(i, inner))));
        }

        return new NdArray<float>(trailing ? new Shape(ranges.Length, 1) : new Shape(ranges.Length), ranges);
    }

    private static void RequireFinite(ReadOnlySpan<float> weights) => Assertions.Finite(
        weights,
        "WeightNotFinite",
        "A weight is infinite or not a number, so the weights cannot be quantized. Train the model again or repair the weights.");
}
