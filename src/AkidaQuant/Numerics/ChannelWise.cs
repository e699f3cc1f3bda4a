namespace AkidaQuant.Numerics;

/// <summary>Combines values that serve a whole tensor with values that serve one channel each.</summary>
internal static class ChannelWise
{
    /// <summary>
    /// Both combined channel by channel; a scalar, or a vector of one element, serves every channel of the
    /// other. Scalar only when both are.
    /// </summary>
    /// <exception cref="QuantException">ChannelCountMismatch: two vectors of different lengths.</exception>
    public static ScalarOrVector<TResult> Combine<TLeft, TRight, TResult>(
        ScalarOrVector<TLeft> left, ScalarOrVector<TRight> right, Func<TLeft, TRight, TResult> combine)
        where TLeft : struct
        where TRight : struct
        where TResult : struct => left.Zip(right, combine);

    /// <summary>The value that serves <paramref name="channel"/>; the only one of a vector of one element serves all.</summary>
    public static T At<T>(this ScalarOrVector<T> values, int channel)
        where T : struct => values[values.Count == 1 ? 0 : channel];

    /// <summary>The greatest value.</summary>
    public static int Max(this ScalarOrVector<int> values)
    {
        int max = values[0];
        foreach (int value in values.Span)
        {
            max = Math.Max(max, value);
        }

        return max;
    }

    /// <summary>Drops the axes of size 1: none left gives a scalar, one left a vector. A shape of (1) stays a vector.</summary>
    /// <exception cref="QuantException">The given id: more than one axis is left.</exception>
    public static ScalarOrVector<T> Squeeze<T>(NdArray<T> array, string id, string what)
        where T : struct
    {
        int axes = array.Shape.Count(dimension => dimension != 1);
        if (axes > 1)
        {
            throw new QuantException(
                id, QuantErrorKind.InvalidArgument, $"{what} must be a scalar or one-dimensional, but they have the shape {array.Shape}.");
        }

        return axes == 1 || array.Shape.Rank == 1 ? ScalarOrVector<T>.Vector(array.Values) : ScalarOrVector<T>.Scalar(array.Values[0]);
    }
}
