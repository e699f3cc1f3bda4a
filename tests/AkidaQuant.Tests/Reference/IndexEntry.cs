namespace AkidaQuant.Tests.Reference;

/// <summary>One entry of an index: a position, a range, all remaining axes, or a new axis (numerics.md 2.6).</summary>
public readonly record struct IndexEntry
{
    private readonly IndexEntryKind _kind;

    private IndexEntry(IndexEntryKind kind, int position, Range range)
    {
        _kind = kind;
        Position = position;
        Range = range;
    }

    /// <summary>All of an axis.</summary>
    public static IndexEntry All { get; } = Range.All;

    /// <summary>As many <see cref="All"/> as the tensor has axes that no other entry takes.</summary>
    public static IndexEntry Ellipsis { get; } = new(IndexEntryKind.Ellipsis, 0, default);

    /// <summary>A new axis of size 1.</summary>
    public static IndexEntry NewAxis { get; } = new(IndexEntryKind.NewAxis, 0, default);

    /// <summary>Whether the entry is a position, which removes its axis.</summary>
    internal bool IsPosition => _kind == IndexEntryKind.Position;

    /// <summary>Whether the entry stands for the axes that no other entry takes.</summary>
    internal bool IsEllipsis => _kind == IndexEntryKind.Ellipsis;

    /// <summary>Whether the entry makes a new axis.</summary>
    internal bool IsNewAxis => _kind == IndexEntryKind.NewAxis;

    /// <summary>The position, negative from the end.</summary>
    internal int Position { get; }

    /// <summary>The range.</summary>
    internal Range Range { get; }

    /// <summary>One position of an axis, negative from the end; the axis is removed.</summary>
    public static implicit operator IndexEntry(int position) => new(IndexEntryKind.Position, position, default);

    /// <summary>A range of an axis.</summary>
    public static implicit operator IndexEntry(Range range) => new(IndexEntryKind.Range, 0, range);

    /// <summary>The start and length that the entry selects from an axis of <paramref name="size"/>.</summary>
    /// <exception cref="QuantException">IndexOutOfRange.</exception>
    internal (int Start, int Length) Select(int size)
    {
        if (IsPosition)
        {
            return Position >= -size && Position < size ? ((Position + size) % size, 1) : throw OutOfRange($"{Position}", size);
        }

        int start = Range.Start.GetOffset(size);
        int end = Range.End.GetOffset(size);
        return start >= 0 && start <= end && end <= size ? (start, end - start) : throw OutOfRange($"{Range}", size);
    }

    private static QuantException OutOfRange(string index, int size) => new(
        "IndexOutOfRange", QuantErrorKind.InvalidArgument, $"The index {index} is outside an axis of size {size}.");

    private enum IndexEntryKind
    {
        Range,
        Position,
        Ellipsis,
        NewAxis,
    }
}
