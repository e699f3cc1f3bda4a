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
}
