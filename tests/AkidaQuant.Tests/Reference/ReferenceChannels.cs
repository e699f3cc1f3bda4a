using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>What only the oracle combines with values that serve one channel each (numerics.md 2.1).</summary>
internal static class ReferenceChannels
{
    /// <summary>Whether both are equal for every channel.</summary>
    /// <exception cref="QuantException">ChannelCountMismatch.</exception>
    public static bool AllEqual<T>(ScalarOrVector<T> left, ScalarOrVector<T> right)
        where T : struct, IEquatable<T> => !ChannelWise.Combine(left, right, (a, b) => a.Equals(b)).Span.Contains(false);

    /// <summary>
    /// Whether values for <paramref name="count"/> channels belong to the last axis but one: the shape is that of a
    /// depthwise kernel, (height, width, channels, 1).
    /// </summary>
    public static bool IsDepthwise(Shape shape, int count) => count > 1 && shape.Rank == 4 && shape.Channels == 1 && shape[^2] == count;

    /// <summary>
    /// Combines every element with the value of its channel. Elements that serve all channels (a last axis of
    /// size 1, or a scalar) are repeated for each, unless the values already belong to the last axis but one, as
    /// with depthwise kernels.
    /// </summary>
    /// <exception cref="QuantException">ChannelCountMismatch.</exception>
    public static NdArray<TResult> Map<T, TChannel, TResult>(
        NdArray<T> values, ScalarOrVector<TChannel> channels, bool depthwise, Func<T, TChannel, TResult> map)
        where TChannel : struct
    {
        int count = channels.Count;
        if (count > 1 && values.Shape.Channels == 1 && !depthwise)
        {
            Shape wide = values.Shape.Rank == 0 ? new Shape(count) : values.Shape.WithChannels(count);
            var repeated = new TResult[wide.Size];
            for (int i = 0; i < repeated.Length; i++)
            {
                repeated[i] = map(values.Values[i / count], channels[i % count]);
            }

            return new NdArray<TResult>(wide, repeated);
        }

        if (count > 1 && count != (depthwise ? values.Shape[^2] : values.Shape.Channels))
        {
            throw new QuantException(
                "ChannelCountMismatch",
                QuantErrorKind.InvalidArgument,
                $"A tensor of shape {values.Shape} meets values for {count} channels; its last axis must have one index for each.");
        }

        var result = new TResult[values.Values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = map(values.Values[i], channels[i % count]);
        }

        return new NdArray<TResult>(values.Shape, result);
    }

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
