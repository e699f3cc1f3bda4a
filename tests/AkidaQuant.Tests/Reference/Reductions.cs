using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// Sums, means and maxima over axes (numerics.md 4.2). Axes count from the end when negative; none given means
/// all. Where the last axis is reduced, the operand must be per-tensor, however that axis is written: the
/// reference overlooks a list that contains -1 and adds channels of different binary points.
/// </summary>
public static class Reductions
{
    /// <summary>The exact sum, saturated once to the value bits of the operand.</summary>
    /// <exception cref="QuantException">AssertionPerTensor; AxisOutOfRange.</exception>
    public static FixedPoint Sum(FixedPoint value, int[]? axes = null, bool keepDimensions = false)
    {
        RequirePerTensorChannels(value.IsPerTensor, value.Shape.Rank, axes);
        return new FixedPoint(
            Reduce(value.Values, axes, keepDimensions, Int128.Zero, (sum, x) => sum + x)
                .Map(sum => Rounding.Saturate(sum, value.ValueBits)),
            value.ValueBits,
            value.FracBits);
    }

    /// <inheritdoc cref="Sum(FixedPoint, int[], bool)"/>
    public static QFloat Sum(QFloat value, int[]? axes = null, bool keepDimensions = false)
    {
        RequirePerTensorChannels(value.IsPerTensor, value.Shape.Rank, axes);
        return new QFloat(Sum(value.Inner, axes, keepDimensions), value.Scales);
    }

    /// <summary>The mean, rounded towards -infinity.</summary>
    /// <exception cref="QuantException">AssertionPerTensor; AxisOutOfRange.</exception>
    public static FixedPoint Mean(FixedPoint value, int[]? axes = null, bool keepDimensions = false)
    {
        RequirePerTensorChannels(value.IsPerTensor, value.Shape.Rank, axes);
        NdArray<Int128> sums = Reduce(value.Values, axes, keepDimensions, Int128.Zero, (sum, x) => sum + x);
        int count = value.Shape.Size / sums.Shape.Size;
        return new FixedPoint(sums.Map(sum => FloorDivide(sum, count)), value.ValueBits, value.FracBits);
    }

    /// <summary>The greatest element; the operand must be per-tensor whatever the axes.</summary>
    /// <exception cref="QuantException">AssertionPerTensor; AxisOutOfRange.</exception>
    public static FixedPoint Max(FixedPoint value, int[]? axes = null, bool keepDimensions = false)
    {
        OperandAssertions.PerTensor(value.IsPerTensor, "A maximum");
        return new FixedPoint(Reduce(value.Values, axes, keepDimensions, long.MinValue, Math.Max), value.ValueBits, value.FracBits);
    }

    private static long FloorDivide(Int128 sum, int count)
    {
        (Int128 quotient, Int128 remainder) = Int128.DivRem(sum, count);
        return (long)(remainder < 0 ? quotient - 1 : quotient);
    }

    private static void RequirePerTensorChannels(bool perTensor, int rank, int[]? axes)
    {
        if (axes is null || axes.Any(axis => ReferencePositions.Axis(axis, rank) == rank - 1))
        {
            OperandAssertions.PerTensor(perTensor, "A reduction over the channels");
        }
    }

    private static NdArray<TResult> Reduce<TResult>(
        NdArray<long> values, int[]? axes, bool keepDimensions, TResult seed, Func<TResult, long, TResult> combine)
    {
        int rank = values.Shape.Rank;
        HashSet<int> reduced = [.. axes?.Select(axis => ReferencePositions.Axis(axis, rank)) ?? Enumerable.Range(0, rank)];
        Shape kept = new([.. values.Shape.Select((dimension, axis) => reduced.Contains(axis) ? 1 : dimension)]);
        var result = new TResult[kept.Size];
        Array.Fill(result, seed);
        var target = new int[rank];
        Positions.ForEach(values.Shape, (position, index) =>
        {
            for (int axis = 0; axis < rank; axis++)
            {
                target[axis] = reduced.Contains(axis) ? 0 : position[axis];
            }

            int to = Positions.IndexOf(kept, target);
            result[to] = combine(result[to], values.Values[index]);
        });
        return new NdArray<TResult>(keepDimensions ? kept : new Shape([.. kept.Where((_, axis) => !reduced.Contains(axis))]), result);
    }
}
