using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Integer;

/// <summary>What the sums of a kernel can reach, from its weights and the range of its inputs.</summary>
/// <param name="Least">The least finished sum.</param>
/// <param name="Greatest">The greatest finished sum.</param>
/// <param name="Magnitude">The greatest absolute value of any partial sum, in whatever order.</param>
internal readonly record struct SumBounds(long Least, long Greatest, long Magnitude)
{
    /// <summary>Every integer that a double holds exactly is at most this large.</summary>
    private const long DoubleLimit = 1L << 53;

    /// <summary>So many weights of 16 bits have a sum of 32.</summary>
    private const int MostNarrowRows = 1 << 15;

    /// <summary>Whether every partial sum fits 16 bits.</summary>
    public bool FitsInt16 => Magnitude <= short.MaxValue;

    /// <summary>Whether every partial sum fits 32 bits.</summary>
    public bool FitsInt32 => Magnitude <= int.MaxValue;

    /// <summary>Whether every partial sum is an integer that a double holds exactly.</summary>
    public bool FitsDouble => Magnitude <= DoubleLimit;

    /// <summary>Whether the finished sums have to be saturated to <paramref name="limits"/>.</summary>
    public bool Exceeds(ValueRange limits) => Least < limits.Min || Greatest > limits.Max;

    /// <summary>The range of the finished sums once saturated to <paramref name="limits"/>.</summary>
    public ValueRange Saturated(ValueRange limits) => new ValueRange(Least, Greatest).Clamp(limits);

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
    /// <param name="ranges">The range of each input channel.</param>
    /// <param name="isChannelwise">Whether a column meets its own channel only, rather than each row one channel after the other.</param>
    /// <exception cref="QuantException">SumsTooWide: a partial sum may exceed 63 bits.</exception>
    public static SumBounds Of(ReadOnlySpan<int> weights, int columns, ReadOnlySpan<ValueRange> ranges, bool isChannelwise)
    {
        var least = new long[columns];
        var greatest = new long[columns];
        var magnitude = new long[columns];
        try
        {
            // Rows whose inputs have one range are summed first, and then each sum is multiplied once.
            foreach (ValueRange met in isChannelwise ? [default(ValueRange)] : (HashSet<ValueRange>)[.. ranges])
            {
                (long[] positive, long[] negative) = Sums(weights, columns, isChannelwise ? [met] : ranges, met);
                for (int column = 0; column < columns; column++)
                {
                    ValueRange range = isChannelwise ? ranges[column] : met;
                    (long above, long below) = (positive[column], negative[column]);

                    // The other two sums are within this one, so that only it can overflow.
                    magnitude[column] = checked(magnitude[column] + ((above + below) * range.Magnitude));
                    least[column] += (above * range.Min) - (below * range.Max);
                    greatest[column] += (above * range.Max) - (below * range.Min);
                }
            }
        }
        catch (OverflowException exception)
        {
            throw new QuantException(
                "SumsTooWide",
                QuantErrorKind.NotSupported,
                "the sums of products of its weights and inputs may exceed 63 bits. "
                + "Use fewer bits for its weights, its input or its buffer.",
                null,
                exception);
        }

        return new SumBounds(least.Min(), greatest.Max(), magnitude.Max());
    }

    /// <summary>For each column the sum of its positive weights and that of the magnitudes of its negative ones.</summary>
    /// <param name="weights">(depth, columns).</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="ranges">The ranges of rows, one after the other and again.</param>
    /// <param name="met">The range of the rows to sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (long[] Positive, long[] Negative) Sums(
        ReadOnlySpan<int> weights, int columns, ReadOnlySpan<ValueRange> ranges, ValueRange met)
    {
        // Of 2^31 weights of 32 bits no sum comes near 63 bits.
        long[] sums = new long[columns];
        long[] magnitudes = new long[columns];

        // Nor does one of 2^15 weights of 16 bits come near 32, in which twice as many are added at once.
        int[] narrowSums = new int[columns];
        int[] narrowMagnitudes = new int[columns];
        int[] row = new int[columns];
        int rows = 0;
        bool isNarrow = weights.IsEmpty
            || (TensorPrimitives.Min(weights) >= short.MinValue && TensorPrimitives.Max(weights) <= short.MaxValue);
        for (int k = 0; k * columns < weights.Length; k++)
        {
            if (ranges[k % ranges.Length] == met)
            {
                ReadOnlySpan<int> given = weights.Slice(k * columns, columns);
                if (!isNarrow)
                {
                    AddWide(given, sums, magnitudes);
                    continue;
                }

                TensorPrimitives.Add(narrowSums, given, narrowSums);
                TensorPrimitives.Abs(given, row);
                TensorPrimitives.Add<int>(narrowMagnitudes, row, narrowMagnitudes);
                if (++rows == MostNarrowRows)
                {
                    Flush();
                }
            }
        }

        Flush();
        for (int column = 0; column < columns; column++)
        {
            (long sum, long all) = (sums[column], magnitudes[column]);
            (sums[column], magnitudes[column]) = ((all + sum) / 2, (all - sum) / 2);
        }

        return (sums, magnitudes);

        void Flush()
        {
            for (int column = 0; column < columns; column++)
            {
                sums[column] += narrowSums[column];
                magnitudes[column] += narrowMagnitudes[column];
            }

            narrowSums.AsSpan().Clear();
            narrowMagnitudes.AsSpan().Clear();
            rows = 0;
        }
    }

    private static void AddWide(ReadOnlySpan<int> weights, long[] sums, long[] magnitudes)
    {
        for (int column = 0; column < weights.Length; column++)
        {
            sums[column] += weights[column];
            magnitudes[column] += Math.Abs((long)weights[column]);
        }
    }
}
