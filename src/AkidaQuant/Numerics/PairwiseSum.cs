namespace AkidaQuant.Numerics;

/// <summary>
/// The sum of float32 values in the order in which numpy adds contiguous ones, whose rounding depends on it (tools.md 2.1).
/// </summary>
internal static class PairwiseSum
{
    /// <summary>The sum; 0 of nothing.</summary>
    public static float Of(ReadOnlySpan<float> values)
    {
        const int Lanes = 8;
        const int Block = 128;
        if (values.Length > Block)
        {
            int half = values.Length / 2 / Lanes * Lanes;
            return Of(values[..half]) + Of(values[half..]);
        }

        int start = 0;
        float sum = 0;
        if (values.Length >= Lanes)
        {
            Span<float> lanes = stackalloc float[Lanes];
            values[..Lanes].CopyTo(lanes);
            for (start = Lanes; start <= values.Length - Lanes; start += Lanes)
            {
                for (int lane = 0; lane < Lanes; lane++)
                {
                    lanes[lane] += values[start + lane];
                }
            }

            sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
        }

        for (int i = start; i < values.Length; i++)
        {
            sum += values[i];
        }

        return sum;
    }
}
