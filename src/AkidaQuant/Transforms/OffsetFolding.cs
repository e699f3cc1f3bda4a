namespace AkidaQuant.Transforms;

/// <summary>
/// What a constant added to the input of a kernel adds to its output, to the bit as the reference computes it
/// (transforms.md 4.8).
/// </summary>
public static class OffsetFolding
{
    /// <summary>The products and sums of a kernel with an offset on each input channel, in float32.</summary>
    /// <param name="kernel">Shape (rows, columns, input channels, filters), or (inputs, units).</param>
    /// <param name="offsets">One for each input channel, or one for all.</param>
    /// <returns>One sum for each filter or unit.</returns>
    /// <exception cref="ArgumentException">The number of offsets is neither 1 nor that of the channels.</exception>
    public static float[] Sum(NdArray<float> kernel, float[] offsets)
    {
        int filters = kernel.Shape[^1];
        int channels = kernel.Shape[^2];
        if (offsets.Length != 1 && offsets.Length != channels)
        {
            throw new ArgumentException($"{offsets.Length} offsets do not fit a kernel of {channels} input channels.", nameof(offsets));
        }

        float[] products = new float[kernel.Values.Length];
        for (int i = 0; i < products.Length; i++)
        {
            products[i] = kernel.Values[i] * offsets[offsets.Length == 1 ? 0 : i / filters % channels];
        }

        if (filters == 1)
        {
            return [Pairwise(products)];
        }

        float[] sums = products[..filters];
        for (int i = filters; i < products.Length; i++)
        {
            sums[i % filters] += products[i];
        }

        return sums;
    }

    /// <summary>The summation of contiguous values that NumPy has, whose rounding depends on its order.</summary>
    private static float Pairwise(ReadOnlySpan<float> values)
    {
        const int Lanes = 8;
        const int Block = 128;
        if (values.Length > Block)
        {
            int half = values.Length / 2 / Lanes * Lanes;
            return Pairwise(values[..half]) + Pairwise(values[half..]);
        }

        int start = 1;
        float sum = values[0];
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
