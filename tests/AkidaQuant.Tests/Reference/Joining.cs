using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// Two tensors made one (numerics.md 4.4). Both are promoted to the larger value bits. Axes count from the end
/// when negative; either form of the last axis is recognised, where the reference knows only -1.
/// </summary>
public static class Joining
{
    /// <summary>
    /// One tensor behind another. Along the last axis the fractional bits become one for each channel, even if all
    /// are equal; along others they must be equal.
    /// </summary>
    /// <exception cref="QuantException">JoinShapes; AssertionAligned; AxisOutOfRange.</exception>
    public static FixedPoint Concat(FixedPoint first, FixedPoint second, int axis)
    {
        int joined = ReferencePositions.Axis(axis, first.Shape.Rank);
        RequireSame(first.Shape, second.Shape, joined);
        ScalarOrVector<int> fracBits = first.FracBits;
        if (joined == first.Shape.Rank - 1)
        {
            fracBits = JoinChannels(first.FracBits, first.Shape, second.FracBits, second.Shape);
        }
        else
        {
            OperandAssertions.Aligned(first, second);
        }

        return new FixedPoint(Join(first.Values, second.Values, joined), Math.Max(first.ValueBits, second.ValueBits), fracBits);
    }

    /// <inheritdoc cref="Concat(FixedPoint, FixedPoint, int)"/>
    /// <exception cref="QuantException">JoinShapes; AssertionScales; AssertionAligned; AxisOutOfRange.</exception>
    public static QFloat Concat(QFloat first, QFloat second, int axis)
    {
        FixedPoint inner = Concat(first.Inner, second.Inner, axis);
        if (ReferencePositions.Axis(axis, first.Shape.Rank) == first.Shape.Rank - 1)
        {
            return new QFloat(inner, JoinChannels(first.Scales, first.Shape, second.Scales, second.Shape));
        }

        OperandAssertions.SameScales(first, second);
        return new QFloat(inner, first.Scales);
    }

    /// <summary>
    /// One tensor beside another along a new axis. If that is the last, both must be per-tensor and their
    /// fractional bits become the two of the result; otherwise they must be equal.
    /// </summary>
    /// <exception cref="QuantException">JoinShapes; AssertionPerTensor; AssertionAligned; AxisOutOfRange.</exception>
    public static FixedPoint Stack(FixedPoint first, FixedPoint second, int axis)
    {
        int rank = first.Shape.Rank;
        int added = ReferencePositions.Axis(axis, rank + 1);
        if (first.Shape != second.Shape)
        {
            throw Mismatch(first.Shape, second.Shape);
        }

        ScalarOrVector<int> fracBits = first.FracBits;
        if (added == rank)
        {
            OperandAssertions.PerTensor(first.IsPerTensor && second.IsPerTensor, "Stacking along a new last axis");
            fracBits = ScalarOrVector<int>.Vector([first.FracBits[0], second.FracBits[0]]);
        }
        else
        {
            OperandAssertions.Aligned(first, second);
        }

        List<int> dimensions = [.. first.Shape];
        dimensions.Insert(added, 1);
        Shape wide = new([.. dimensions]);
        return new FixedPoint(
            Join(new NdArray<long>(wide, first.Values.Values), new NdArray<long>(wide, second.Values.Values), added),
            Math.Max(first.ValueBits, second.ValueBits),
            fracBits);
    }

    private static ScalarOrVector<T> JoinChannels<T>(ScalarOrVector<T> first, Shape firstShape, ScalarOrVector<T> second, Shape secondShape)
        where T : struct
    {
        return ScalarOrVector<T>.Vector([.. Expand(first, firstShape.Channels), .. Expand(second, secondShape.Channels)]);

        static IEnumerable<T> Expand(ScalarOrVector<T> values, int channels) =>
            Enumerable.Range(0, channels).Select(channel => values.At(channel));
    }

    private static NdArray<long> Join(NdArray<long> first, NdArray<long> second, int axis)
    {
        int[] dimensions = first.Shape.ToArray();
        int border = dimensions[axis];
        dimensions[axis] += second.Shape[axis];
        Shape shape = new(dimensions);
        var values = new long[shape.Size];
        Positions.ForEach(shape, (position, index) =>
        {
            NdArray<long> source = position[axis] < border ? first : second;
            int[] from = [.. position];
            from[axis] -= position[axis] < border ? 0 : border;
            values[index] = source.Values[Positions.IndexOf(source.Shape, from)];
        });
        return new NdArray<long>(shape, values);
    }

    private static void RequireSame(Shape first, Shape second, int except)
    {
        bool same = first.Rank == second.Rank;
        for (int axis = 0; same && axis < first.Rank; axis++)
        {
            same = axis == except || first[axis] == second[axis];
        }

        if (!same)
        {
            throw Mismatch(first, second);
        }
    }

    private static QuantException Mismatch(Shape first, Shape second) =>
        new(
            "JoinShapes",
            QuantErrorKind.InvalidArgument,
            $"Tensors of shapes {first} and {second} cannot be joined: all axes but the joined one must be equal.");
}
