namespace AkidaQuant.Tests.Reference;

/// <summary>Parts of tensors; what belongs to channels follows the entry that meets the last axis (numerics.md 2.6).</summary>
public static class Indexing
{
    /// <summary>
    /// The part of <paramref name="tensor"/> that the entries select, missing ones standing for all. A position on
    /// the last axis of a per-axis tensor leaves one scalar of fractional bits.
    /// </summary>
    /// <exception cref="QuantException">IndexOutOfRange; TooManyIndices; ChannelCountMismatch: a new axis behind the channels.</exception>
    public static FixedPoint Slice(this FixedPoint tensor, params ReadOnlySpan<IndexEntry> entries)
    {
        List<IndexEntry> index = Expand(entries, tensor.Shape.Rank);
        ScalarOrVector<int> fracBits = tensor.IsPerTensor ? tensor.FracBits : Pick(tensor.FracBits, index[^1], tensor.Shape);
        return new FixedPoint(Take(tensor.Values, index), tensor.ValueBits, fracBits);
    }

    /// <inheritdoc cref="Slice(FixedPoint, ReadOnlySpan{IndexEntry})"/>
    public static QFloat Slice(this QFloat tensor, params ReadOnlySpan<IndexEntry> entries)
    {
        ScalarOrVector<float> scales = tensor.Scales.IsScalar || tensor.Shape.Rank == 0
            ? tensor.Scales
            : Pick(tensor.Scales, Expand(entries, tensor.Shape.Rank)[^1], tensor.Shape);
        return new QFloat(tensor.Inner.Slice(entries), scales);
    }

    /// <summary>A range of the channels.</summary>
    /// <exception cref="QuantException">IndexOutOfRange.</exception>
    public static FixedPoint SliceChannels(this FixedPoint tensor, Range channels) => tensor.Slice(IndexEntry.Ellipsis, channels);

    /// <inheritdoc cref="SliceChannels(FixedPoint, Range)"/>
    public static QFloat SliceChannels(this QFloat tensor, Range channels) => tensor.Slice(IndexEntry.Ellipsis, channels);

    /// <summary>One entry for each axis, new axes in front of the axis that they precede.</summary>
    private static List<IndexEntry> Expand(ReadOnlySpan<IndexEntry> entries, int rank)
    {
        int taken = 0;
        bool ellipsis = false;
        foreach (IndexEntry entry in entries)
        {
            taken += entry.IsEllipsis || entry.IsNewAxis ? 0 : 1;
            ellipsis |= entry.IsEllipsis;
        }

        if (taken > rank)
        {
            throw new QuantException(
                "TooManyIndices",
                QuantErrorKind.InvalidArgument,
                $"A tensor with {rank} axes cannot be indexed by {taken} positions and ranges.");
        }

        List<IndexEntry> expanded = [];
        foreach (IndexEntry entry in entries)
        {
            if (entry.IsEllipsis)
            {
                expanded.AddRange(Enumerable.Repeat(IndexEntry.All, rank - taken));
            }
            else
            {
                expanded.Add(entry);
            }
        }

        if (!ellipsis)
        {
            expanded.AddRange(Enumerable.Repeat(IndexEntry.All, rank - taken));
        }

        return expanded;
    }

    private static ScalarOrVector<T> Pick<T>(ScalarOrVector<T> values, IndexEntry last, Shape shape)
        where T : struct
    {
        if (values.Count != shape.Channels)
        {
            return values;
        }

        if (last.IsNewAxis)
        {
            throw new QuantException(
                "ChannelCountMismatch",
                QuantErrorKind.InvalidArgument,
                "A new axis behind the channels would part a per-axis tensor from its fractional bits or scales. Put it in front.");
        }

        (int start, int length) = last.Select(shape.Channels);
        return last.IsPosition
            ? ScalarOrVector<T>.Scalar(values.Span[start])
            : ScalarOrVector<T>.Vector(values.Span.Slice(start, length).ToArray());
    }

    private static NdArray<T> Take<T>(NdArray<T> array, List<IndexEntry> index)
    {
        List<int> dimensions = [];
        List<(int Start, int Axis)> axes = [];
        int axis = 0;
        foreach (IndexEntry entry in index)
        {
            if (entry.IsNewAxis)
            {
                dimensions.Add(1);
                continue;
            }

            (int start, int length) = entry.Select(array.Shape[axis++]);
            axes.Add((start, entry.IsPosition ? -1 : dimensions.Count));
            if (!entry.IsPosition)
            {
                dimensions.Add(length);
            }
        }

        return ReferencePositions.Gather(array, new Shape([.. dimensions]), (position, from) =>
        {
            for (int i = 0; i < from.Length; i++)
            {
                from[i] = axes[i].Start + (axes[i].Axis < 0 ? 0 : position[axes[i].Axis]);
            }
        });
    }
}
