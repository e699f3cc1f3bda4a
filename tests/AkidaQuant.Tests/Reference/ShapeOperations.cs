using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>Operations that move elements without computing (numerics.md 4.4). Axes count from the end when negative.</summary>
public static class ShapeOperations
{
    /// <summary>
    /// The same elements in another shape, one dimension possibly <see cref="Shape.Unknown"/>. The last axis of a
    /// per-axis tensor must stay, and be given as a number.
    /// </summary>
    /// <exception cref="QuantException">AssertionLastAxis; ReshapeSize.</exception>
    public static FixedPoint Reshape(FixedPoint value, Shape shape)
    {
        RequireLastAxis(value.IsPerTensor, value.Shape, shape);
        return new FixedPoint(new NdArray<long>(Resolve(value.Shape, shape), value.Values.Values), value.ValueBits, value.FracBits);
    }

    /// <inheritdoc cref="Reshape(FixedPoint, Shape)"/>
    public static QFloat Reshape(QFloat value, Shape shape)
    {
        RequireLastAxis(value.IsPerTensor, value.Shape, shape);
        return new QFloat(Reshape(value.Inner, shape), value.Scales);
    }

    /// <summary>The axes in another order; in reverse when none is given.</summary>
    /// <exception cref="QuantException">AssertionPerTensor; PermutationInvalid.</exception>
    public static FixedPoint Transpose(FixedPoint value, int[]? permutation = null)
    {
        OperandAssertions.PerTensor(value.IsPerTensor, "A transposition");
        int rank = value.Shape.Rank;
        int[] order = permutation ?? [.. Enumerable.Range(0, rank).Reverse()];
        if (order.Length != rank || !order.Order().SequenceEqual(Enumerable.Range(0, rank)))
        {
            throw Assertions.Failed(
                "PermutationInvalid",
                $"A permutation of {rank} axes must name each from 0 to {rank - 1} once, but it is [{string.Join(", ", order)}].");
        }

        Shape source = value.Shape;
        Shape target = new(Array.ConvertAll(order, axis => source[axis]));
        NdArray<long> moved = ReferencePositions.Gather(value.Values, target, (position, from) =>
        {
            for (int i = 0; i < order.Length; i++)
            {
                from[order[i]] = position[i];
            }
        });
        return new FixedPoint(moved, value.ValueBits, value.FracBits);
    }

    /// <inheritdoc cref="Transpose(FixedPoint, int[])"/>
    public static QFloat Transpose(QFloat value, int[]? permutation = null)
    {
        OperandAssertions.PerTensor(value.IsPerTensor, "A transposition");
        return new QFloat(Transpose(value.Inner, permutation), value.Scales);
    }

    /// <summary>The elements repeated to a larger shape with the same last axis.</summary>
    /// <exception cref="QuantException">AssertionLastAxis; ShapesDoNotBroadcast.</exception>
    public static FixedPoint Broadcast(FixedPoint value, Shape shape)
    {
        RequireLastAxis(perTensor: false, value.Shape, shape);
        return new FixedPoint(ReferenceBroadcasting.Expand(value.Values, shape), value.ValueBits, value.FracBits);
    }

    /// <inheritdoc cref="Broadcast(FixedPoint, Shape)"/>
    public static QFloat Broadcast(QFloat value, Shape shape) => new(Broadcast(value.Inner, shape), value.Scales);

    /// <summary>A new axis of size 1 in front of <paramref name="axis"/>; -1 puts it last.</summary>
    /// <exception cref="QuantException">AssertionPerTensor: the new axis is last; AxisOutOfRange.</exception>
    public static FixedPoint ExpandDimensions(FixedPoint value, int axis)
    {
        List<int> dimensions = [.. value.Shape];
        dimensions.Insert(NewAxis(value.IsPerTensor, value.Shape, axis), 1);
        return new FixedPoint(new NdArray<long>(new Shape([.. dimensions]), value.Values.Values), value.ValueBits, value.FracBits);
    }

    /// <inheritdoc cref="ExpandDimensions(FixedPoint, int)"/>
    public static QFloat ExpandDimensions(QFloat value, int axis)
    {
        NewAxis(value.IsPerTensor, value.Shape, axis);
        return new QFloat(ExpandDimensions(value.Inner, axis), value.Scales);
    }

    /// <summary>One index of an axis, which is removed; fractional bits of channels follow.</summary>
    /// <exception cref="QuantException">AxisOutOfRange; IndexOutOfRange.</exception>
    public static FixedPoint Gather(FixedPoint value, int index, int axis) => value.Slice(At(value.Shape.Rank, index, axis));

    /// <inheritdoc cref="Gather(FixedPoint, int, int)"/>
    public static QFloat Gather(QFloat value, int index, int axis) => value.Slice(At(value.Shape.Rank, index, axis));

    /// <summary>Some indices of an axis, in the given order.</summary>
    /// <exception cref="QuantException">
    /// AssertionPerTensor: channels of a per-axis tensor are taken one at a time; AxisOutOfRange; IndexOutOfRange.
    /// </exception>
    public static FixedPoint Gather(FixedPoint value, int[] indices, int axis)
    {
        int taken = ReferencePositions.Axis(axis, value.Shape.Rank);
        OperandAssertions.PerTensor(value.IsPerTensor || taken != value.Shape.Rank - 1, "Gathering several channels");
        int[] sources = Array.ConvertAll(indices, index => ((IndexEntry)index).Select(value.Shape[taken]).Start);
        int[] dimensions = value.Shape.ToArray();
        dimensions[taken] = indices.Length;
        NdArray<long> gathered = ReferencePositions.Gather(value.Values, new Shape(dimensions), (position, from) =>
        {
            position.CopyTo(from, 0);
            from[taken] = sources[position[taken]];
        });
        return new FixedPoint(gathered, value.ValueBits, value.FracBits);
    }

    /// <inheritdoc cref="Gather(FixedPoint, int[], int)"/>
    public static QFloat Gather(QFloat value, int[] indices, int axis)
    {
        OperandAssertions.PerTensor(
            value.IsPerTensor || ReferencePositions.Axis(axis, value.Shape.Rank) != value.Shape.Rank - 1,
            "Gathering several channels");
        return new QFloat(Gather(value.Inner, indices, axis), value.Scales);
    }

    /// <summary>A constant around the tensor, saturated to its value bits.</summary>
    /// <param name="value">The tensor, per-tensor.</param>
    /// <param name="paddings">How much goes before and behind each axis.</param>
    /// <param name="constant">A scalar with the fractional bits of the tensor.</param>
    /// <exception cref="QuantException">AssertionPerTensor; AssertionAligned; PaddingInvalid.</exception>
    public static FixedPoint Pad(FixedPoint value, (int Before, int After)[] paddings, FixedPoint constant)
    {
        OperandAssertions.PerTensor(value.IsPerTensor, "Padding");
        OperandAssertions.Aligned(value, constant);
        if (paddings.Length != value.Shape.Rank || constant.Shape.Size != 1 || paddings.Any(pair => pair.Before < 0 || pair.After < 0))
        {
            throw Assertions.Failed(
                "PaddingInvalid",
                $"Padding a tensor of shape {value.Shape} takes a pair of sizes, not negative, for each axis, and one constant.");
        }

        Shape source = value.Shape;
        Shape shape = new([.. source.Select((dimension, axis) => paddings[axis].Before + dimension + paddings[axis].After)]);
        NdArray<long> padded = NdArray<long>.Filled(shape, constant.Values.Values[0]);
        Positions.ForEach(source, (position, index) =>
        {
            int[] target = [.. position.Select((at, axis) => at + paddings[axis].Before)];
            padded.Values[Positions.IndexOf(shape, target)] = value.Values.Values[index];
        });
        return new FixedPoint(padded, value.ValueBits, value.FracBits);
    }

    /// <inheritdoc cref="Pad(FixedPoint, ValueTuple{int, int}[], FixedPoint)"/>
    /// <exception cref="QuantException">AssertionPerTensor; AssertionScales; AssertionAligned; PaddingInvalid.</exception>
    public static QFloat Pad(QFloat value, (int Before, int After)[] paddings, QFloat constant)
    {
        OperandAssertions.PerTensor(value.IsPerTensor, "Padding");
        OperandAssertions.SameScales(value, constant);
        return new QFloat(Pad(value.Inner, paddings, constant.Inner), value.Scales);
    }

    /// <summary>The tensor repeated along each axis.</summary>
    /// <exception cref="QuantException">AssertionPerTensor: channels are repeated; TileInvalid.</exception>
    public static FixedPoint Tile(FixedPoint value, int[] multiples)
    {
        RequireTile(value.IsPerTensor, value.Shape, multiples);
        Shape source = value.Shape;
        NdArray<long> tiled = ReferencePositions.Gather(
            value.Values, new Shape([.. source.Select((dimension, axis) => dimension * multiples[axis])]), (position, from) =>
            {
                for (int axis = 0; axis < from.Length; axis++)
                {
                    from[axis] = position[axis] % source[axis];
                }
            });
        return new FixedPoint(tiled, value.ValueBits, value.FracBits);
    }

    /// <inheritdoc cref="Tile(FixedPoint, int[])"/>
    public static QFloat Tile(QFloat value, int[] multiples)
    {
        RequireTile(value.IsPerTensor, value.Shape, multiples);
        return new QFloat(Tile(value.Inner, multiples), value.Scales);
    }

    private static void RequireTile(bool perTensor, Shape shape, int[] multiples)
    {
        if (multiples.Length != shape.Rank || multiples.Any(multiple => multiple < 0))
        {
            throw Assertions.Failed("TileInvalid", $"Repeating a tensor of shape {shape} takes a number, not negative, for each axis.");
        }

        OperandAssertions.PerTensor(perTensor || multiples[^1] == 1, "Repeating the channels");
    }

    private static void RequireLastAxis(bool perTensor, Shape from, Shape to)
    {
        if (!perTensor && (to.Rank == 0 ? 1 : to[^1]) != from.Channels)
        {
            throw Assertions.Failed(
                "AssertionLastAxis",
                $"The last axis of {from} carries the channels and must stay, but the shape asked for is {to}.");
        }
    }

    private static Shape Resolve(Shape from, Shape to)
    {
        int known = to.Where(dimension => dimension != Shape.Unknown).Aggregate(1, (product, dimension) => product * dimension);
        int unknown = to.Count(dimension => dimension == Shape.Unknown);
        Shape resolved =
            unknown == 1 && known > 0
                ? new Shape([.. to.Select(dimension => dimension == Shape.Unknown ? from.Size / known : dimension)])
                : to;
        return resolved.IsKnown && resolved.Size == from.Size
            ? resolved
            : throw Assertions.Failed(
                "ReshapeSize",
                $"A tensor of shape {from} cannot be reshaped to {to}: the numbers of elements differ.");
    }

    private static int NewAxis(bool perTensor, Shape shape, int axis)
    {
        int before = ReferencePositions.Axis(axis, shape.Rank + 1);
        OperandAssertions.PerTensor(perTensor || before < shape.Rank, "A new last axis");
        return before;
    }

    private static IndexEntry[] At(int rank, int index, int axis)
    {
        var entries = new IndexEntry[rank];
        Array.Fill(entries, IndexEntry.All);
        entries[ReferencePositions.Axis(axis, rank)] = index;
        return entries;
    }
}
