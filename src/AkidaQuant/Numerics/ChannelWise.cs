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
        where TResult : struct
    {
        if (left.Count != right.Count && left.Count != 1 && right.Count != 1)
        {
            throw new QuantException(
                "ChannelCountMismatch",
                QuantErrorKind.InvalidArgument,
                $"Values for {left.Count} channels meet values for {right.Count} channels. Both must have the channels of the same tensor.");
        }

        if (left.IsScalar && right.IsScalar)
        {
            return ScalarOrVector<TResult>.Scalar(combine(left[0], right[0]));
        }

        var result = new TResult[Math.Max(left.Count, right.Count)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = combine(left[left.Count == 1 ? 0 : i], right[right.Count == 1 ? 0 : i]);
        }

        return ScalarOrVector<TResult>.Vector(result);
    }
}
