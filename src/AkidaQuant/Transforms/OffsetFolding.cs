using AkidaQuant.Numerics;

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
            return [PairwiseSum.Of(products)];
        }

        float[] sums = products[..filters];
        for (int i = filters; i < products.Length; i++)
        {
            sums[i % filters] += products[i];
        }

        return sums;
    }
}
