namespace AkidaQuant.Kernels;

/// <summary>What the sums of a kernel can reach, from its weights and the range of its inputs.</summary>
/// <param name="Least">The least finished sum.</param>
/// <param name="Greatest">The greatest finished sum.</param>
/// <param name="Magnitude">The greatest absolute value of any partial sum, in whatever order.</param>
internal readonly record struct SumBounds(Int128 Least, Int128 Greatest, Int128 Magnitude)
{
    /// <summary>Every integer that a double holds exactly is at most this large.</summary>
    private static readonly Int128 DoubleLimit = (Int128)1 << 53;

    /// <summary>Whether every partial sum fits 32 bits.</summary>
    public bool FitsInt32 => Magnitude <= int.MaxValue;

    /// <summary>Whether every partial sum is an integer that a double holds exactly.</summary>
    public bool FitsDouble => Magnitude <= DoubleLimit;

    /// <summary>Whether the finished sums have to be saturated to <paramref name="limits"/>.</summary>
    public bool Exceeds(ValueRange limits) => Least < limits.Min || Greatest > limits.Max;

    /// <summary>The range of the finished sums once saturated to <paramref name="limits"/>.</summary>
    public ValueRange Saturated(ValueRange limits) => new(
        (long)Int128.Clamp(Least, limits.Min, limits.Max), (long)Int128.Clamp(Greatest, limits.Min, limits.Max));

    /// <summary>The range of a channel after its left shift, if any, saturated, and joined with what stands outside the image.</summary>
    public static ValueRange ChannelRange(ValueRange input, int? shift, int valueBits, long? padding)
    {
        long limit = 1L << valueBits;
        long min = shift is int s ? ShiftedInput.SaturatedShift(input.Min, s, limit) : input.Min;
        long max = shift is int t ? ShiftedInput.SaturatedShift(input.Max, t, limit) : input.Max;
        return new ValueRange(Math.Min(min, padding ?? min), Math.Max(max, padding ?? max));
    }

    /// <summary>The bounds of sums of products.</summary>
    /// <param name="weights">(depth, columns), one sum a column.</param>
    /// <param name="columns">The number of sums.</param>
    /// <param name="range">The range of the input that meets weight (k, column).</param>
    /// <exception cref="ArgumentException">A partial sum may exceed 63 bits.</exception>
    public static SumBounds Of(ReadOnlySpan<int> weights, int columns, Func<int, int, ValueRange> range)
    {
        SumBounds bounds = default;
        for (int column = 0; column < columns; column++)
        {
            Int128 least = 0;
            Int128 greatest = 0;
            Int128 magnitude = 0;
            for (int k = 0; (k * columns) + column < weights.Length; k++)
            {
                Int128 weight = weights[(k * columns) + column];
                ValueRange values = range(k, column);
                least += weight * (weight > 0 ? values.Min : values.Max);
                greatest += weight * (weight > 0 ? values.Max : values.Min);
                magnitude += Int128.Abs(weight) * values.Magnitude;
            }

            bounds = new SumBounds(
                Int128.Min(least, column == 0 ? least : bounds.Least),
                Int128.Max(greatest, column == 0 ? greatest : bounds.Greatest),
                Int128.Max(magnitude, bounds.Magnitude));
        }

        return bounds.Magnitude <= long.MaxValue
            ? bounds
            : throw new ArgumentException("The sums of products of these weights and inputs may exceed 63 bits.", nameof(weights));
    }
}
