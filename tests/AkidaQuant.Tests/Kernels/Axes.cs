using CsCheck;

namespace AkidaQuant.Tests.Kernels;

/// <summary>Tensors of any number of axes, and where their elements stand.</summary>
internal static class Axes
{
    /// <summary>Shapes of one to four axes.</summary>
    public static Gen<Shape> Shapes { get; } = Gen.Int[1, 5].Array[1, 4].Select(dimensions => new Shape(dimensions));

    /// <summary>A buffer of floats that holds the values.</summary>
    public static FloatData Floats(long[] values, int size, int batch)
    {
        FloatData data = new(size, batch);
        Array.ConvertAll(values, value => (float)value).CopyTo(data.Values(batch));
        return data;
    }

    /// <summary>Integers that follow one another.</summary>
    public static long[] Values(int count, int first) => [.. Enumerable.Range(first, count).Select(value => (long)value)];

    /// <summary>The shape with another length of one axis.</summary>
    public static Shape With(Shape shape, int axis, int length)
    {
        int[] dimensions = shape.ToArray();
        dimensions[axis] = length;
        return new Shape(dimensions);
    }

    /// <summary>All positions of a batch, in the order of memory.</summary>
    public static IEnumerable<int[]> Positions(Shape shape, int batch)
    {
        IEnumerable<int[]> positions = [[]];
        foreach (int dimension in shape.Prepend(batch))
        {
            positions = positions.SelectMany(position => Enumerable.Range(0, dimension).Select(index => (int[])[.. position, index]));
        }

        return positions;
    }

    /// <summary>Where a position stands in memory.</summary>
    public static int Index(Shape shape, int[] position)
    {
        int index = 0;
        for (int i = 0; i < shape.Rank; i++)
        {
            index = (index * shape[i]) + position[i];
        }

        return index;
    }
}
