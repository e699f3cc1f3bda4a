namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// The activation of Akida 1.0: the number of levels that a potential passes (convert.md 9.4). With
/// s = act_step · 2^(4 − bits), level n is passed when potential − threshold &gt; (n − 1)·s. The right-hand side is
/// computed exactly (a float32 times at most 15 fits a double), so that no rounding of a division moves a level.
/// </summary>
internal sealed class LevelCounting : ChannelStep
{
    private const int StoredBits = 4;

    private readonly long[][] _least;

    /// <summary>Works out, for every channel, the least sum that passes each level.</summary>
    /// <param name="thresholds">One a channel.</param>
    /// <param name="steps">One a channel, as stored: for 4 bits.</param>
    /// <param name="bits">Bits of the levels.</param>
    public LevelCounting(int[] thresholds, float[] steps, int bits)
    {
        int levels = (1 << bits) - 1;
        _least = new long[thresholds.Length][];
        for (int c = 0; c < _least.Length; c++)
        {
            double step = Math.ScaleB((double)steps[c], StoredBits - bits);
            _least[c] = new long[levels];
            for (int n = 0; n < levels; n++)
            {
                double distance = Math.Floor(n * step) + 1;
                _least[c][n] = distance < int.MaxValue * 4.0 ? thresholds[c] + (long)distance : long.MaxValue;
            }
        }
    }

    /// <inheritdoc/>
    internal override ValueRange? MapRange => new ValueRange(0, _least[0].Length);

    /// <inheritdoc/>
    internal override long Apply(long value, int channel) => Count(_least[channel], value);

    private static int Count(long[] least, long value)
    {
        int low = 0;
        int high = least.Length;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (value >= least[middle])
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
