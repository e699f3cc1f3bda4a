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
}
