namespace AkidaQuant.Numerics;

/// <summary>Walks over the positions of an array.</summary>
internal static class Positions
{
    /// <summary>Calls <paramref name="visit"/> with each position and its row-major index; the position is reused.</summary>
    public static void ForEach(Shape shape, Action<int[], int> visit)
    {
        var position = new int[shape.Rank];
        int size = shape.Size;
        for (int index = 0; index < size; index++)
        {
            visit(position, index);
            for (int axis = shape.Rank - 1; axis >= 0 && ++position[axis] == shape[axis]; axis--)
            {
                position[axis] = 0;
            }
        }
    }

    /// <summary>The row-major index of a position.</summary>
    public static int IndexOf(Shape shape, ReadOnlySpan<int> position)
    {
        int index = 0;
        for (int axis = 0; axis < position.Length; axis++)
        {
            index = (index * shape[axis]) + position[axis];
        }

        return index;
    }

    /// <summary>The array of <paramref name="shape"/> whose element at each position is that of the source at another.</summary>
    public static NdArray<T> Gather<T>(NdArray<T> source, Shape shape, Action<int[], int[]> toSource)
    {
        var values = new T[shape.Size];
        var from = new int[source.Shape.Rank];
        ForEach(shape, (position, index) =>
        {
            toSource(position, from);
            values[index] = source.Values[IndexOf(source.Shape, from)];
        });
        return new NdArray<T>(shape, values);
    }

    /// <summary>The axis counted from the front.</summary>
    /// <exception cref="QuantException">AxisOutOfRange.</exception>
    public static int Axis(int axis, int rank) => axis >= -rank && axis < rank ? (axis + rank) % rank : throw new QuantException(
        "AxisOutOfRange", QuantErrorKind.InvalidArgument, $"The axis must be from {-rank} to {rank - 1}, but it is {axis}.");
}
