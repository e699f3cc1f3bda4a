using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>What only the oracle does with the positions of an array.</summary>
internal static class ReferencePositions
{
    /// <summary>The array of <paramref name="shape"/> whose element at each position is that of the source at another.</summary>
    public static NdArray<T> Gather<T>(NdArray<T> source, Shape shape, Action<int[], int[]> toSource)
    {
        var values = new T[shape.Size];
        var from = new int[source.Shape.Rank];
        Positions.ForEach(shape, (position, index) =>
        {
            toSource(position, from);
            values[index] = source.Values[Positions.IndexOf(source.Shape, from)];
        });
        return new NdArray<T>(shape, values);
    }

    /// <summary>The axis counted from the front.</summary>
    /// <exception cref="QuantException">AxisOutOfRange.</exception>
    public static int Axis(int axis, int rank) => axis >= -rank && axis < rank ? (axis + rank) % rank : throw new QuantException(
        "AxisOutOfRange", QuantErrorKind.InvalidArgument, $"The axis must be from {-rank} to {rank - 1}, but it is {axis}.");
}
