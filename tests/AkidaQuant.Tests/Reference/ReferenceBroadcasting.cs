using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>Elementwise combination of arrays whose shapes differ in axes of size 1 or in leading axes.</summary>
internal static class ReferenceBroadcasting
{
    /// <summary>The shape to which both expand.</summary>
    /// <exception cref="QuantException">ShapesDoNotBroadcast.</exception>
    public static Shape Common(Shape left, Shape right) => new(Broadcasting.Dimensions<int>(left, right) ?? throw new QuantException(
        "ShapesDoNotBroadcast",
        QuantErrorKind.InvalidArgument,
        $"The shapes {left} and {right} do not fit: counted from the last, axes must be equal or 1."));

    /// <summary>Every pair of elements combined.</summary>
    /// <exception cref="QuantException">ShapesDoNotBroadcast.</exception>
    public static NdArray<TResult> Zip<TLeft, TRight, TResult>(
        NdArray<TLeft> left,
        NdArray<TRight> right,
        Func<TLeft, TRight, TResult> combine)
    {
        Shape shape = Common(left.Shape, right.Shape);
        TLeft[] a = Expand(left, shape).Values;
        TRight[] b = Expand(right, shape).Values;
        var result = new TResult[a.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = combine(a[i], b[i]);
        }

        return new NdArray<TResult>(shape, result);
    }

    /// <summary>The array repeated along the axes in which <paramref name="shape"/> is larger.</summary>
    /// <exception cref="QuantException">ShapesDoNotBroadcast.</exception>
    public static NdArray<T> Expand<T>(NdArray<T> array, Shape shape)
    {
        if (array.Shape == shape)
        {
            return array;
        }

        if (Common(array.Shape, shape) != shape)
        {
            throw new QuantException(
                "ShapesDoNotBroadcast", QuantErrorKind.InvalidArgument, $"The shape {array.Shape} cannot be expanded to {shape}.");
        }

        var values = new T[shape.Size];
        int missing = shape.Rank - array.Shape.Rank;
        Positions.ForEach(shape, (position, index) =>
        {
            int source = 0;
            for (int axis = 0; axis < array.Shape.Rank; axis++)
            {
                int dimension = array.Shape[axis];
                source = (source * dimension) + (dimension == 1 ? 0 : position[axis + missing]);
            }

            values[index] = array.Values[source];
        });
        return new NdArray<T>(shape, values);
    }
}
