using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Kernels;

/// <summary>The kernels as the specification writes them down, one cell at a time.</summary>
internal static class Naive
{
    /// <summary>
    /// Calls back for every output element and every cell of its window: output index, input index (-1 outside the image), kernel cell.
    /// </summary>
    public static void Windows(ConvolutionGeometry g, Action<int, int, int> visit)
    {
        for (int y = 0; y < g.OutputHeight; y++)
        {
            for (int x = 0; x < g.OutputWidth; x++)
            {
                for (int cell = 0; cell < g.KernelHeight * g.KernelWidth; cell++)
                {
                    int iy = (y * g.StrideHeight) - g.PadTop + (cell / g.KernelWidth * g.DilationHeight);
                    int ix = (x * g.StrideWidth) - g.PadLeft + (cell % g.KernelWidth * g.DilationWidth);
                    bool inside = iy >= 0 && iy < g.InputHeight && ix >= 0 && ix < g.InputWidth;
                    visit((y * g.OutputWidth) + x, inside ? (iy * g.InputWidth) + ix : -1, cell);
                }
            }
        }
    }

    /// <summary>Sums of products and of their absolute values; the kernel is (cells, channels / groups, filters).</summary>
    public static (double[] Sums, double[] Magnitudes) Convolve(
        ConvolutionGeometry g, float[] image, float[] kernel, float[]? bias, float[]? padding, int groups)
    {
        int filters = g.OutputChannels;
        int channels = g.InputChannels / groups;
        var sums = new double[g.OutputShape.Size];
        var magnitudes = new double[sums.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = bias is null ? 0 : bias[i % filters];
            magnitudes[i] = Math.Abs(sums[i]);
        }

        Windows(g, (position, pixel, cell) =>
        {
            for (int f = 0; f < filters; f++)
            {
                for (int c = 0; c < channels; c++)
                {
                    int channel = (f / (filters / groups) * channels) + c;
                    double value = pixel >= 0 ? image[(pixel * g.InputChannels) + channel]
                        : padding is null ? 0 : padding[padding.Length == 1 ? 0 : channel];
                    double product = value * kernel[(((cell * channels) + c) * filters) + f];
                    sums[(position * filters) + f] += product;
                    magnitudes[(position * filters) + f] += Math.Abs(product);
                }
            }
        });
        return (sums, magnitudes);
    }

    /// <summary>Exact saturated sums of products; inputs are shifted and saturated first.</summary>
    public static long[] Convolve(
        ConvolutionGeometry g, long[] image, int[] weights, int[]? shift, int valueBits, int[]? padding, bool depthwise)
    {
        int filters = g.OutputChannels;
        var sums = new Int128[g.OutputShape.Size];
        Windows(g, (position, pixel, cell) =>
        {
            for (int f = 0; f < filters; f++)
            {
                for (int c = depthwise ? f : 0; c < (depthwise ? f + 1 : g.InputChannels); c++)
                {
                    Int128 value = pixel >= 0 ? Shift(image[(pixel * g.InputChannels) + c], shift is null ? null : shift[c], valueBits)
                        : padding is null ? 0 : padding[padding.Length == 1 ? 0 : c];
                    int weight = depthwise ? weights[(cell * filters) + f] : weights[(((cell * g.InputChannels) + c) * filters) + f];
                    sums[(position * filters) + f] += value * weight;
                }
            }
        });
        return Array.ConvertAll(sums, sum => Saturate(sum, valueBits));
    }

    /// <summary>
    /// Exact saturated sums of a transposed convolution (layers.md 3); the geometry is that of the convolution that is transposed.
    /// </summary>
    public static long[] Scatter(ConvolutionGeometry g, long[] image, int[] weights, int[]? shift, int valueBits, bool depthwise)
    {
        Int128[] sums = new Int128[g.InputShape.Size];
        Stamp(g, depthwise, (from, weight, to) =>
            sums[to] += (Int128)Shift(image[from], shift?[from % g.OutputChannels], valueBits) * weights[weight]);
        return Array.ConvertAll(sums, sum => Saturate(sum, valueBits));
    }

    /// <summary>The sums of a transposed convolution of floats.</summary>
    public static double[] Scatter(ConvolutionGeometry g, double[] image, float[] kernel, float[]? bias, bool depthwise)
    {
        double[] sums = [.. Enumerable.Range(0, g.InputShape.Size).Select(i => bias is null ? 0.0 : bias[i % g.InputChannels])];
        Stamp(g, depthwise, (from, weight, to) => sums[to] += image[from] * kernel[weight]);
        return sums;
    }

    /// <summary>Calls back for every product of a transposed convolution: index of the input, of the weight, of the result.</summary>
    private static void Stamp(ConvolutionGeometry g, bool depthwise, Action<int, int, int> add) => Windows(g, (position, pixel, cell) =>
    {
        for (int c = 0; pixel >= 0 && c < g.OutputChannels; c++)
        {
            for (int f = depthwise ? c : 0; f < (depthwise ? c + 1 : g.InputChannels); f++)
            {
                int weight = depthwise ? (cell * g.InputChannels) + c : (((cell * g.OutputChannels) + c) * g.InputChannels) + f;
                add((position * g.OutputChannels) + c, weight, (pixel * g.InputChannels) + f);
            }
        }
    });

    /// <summary>A left shift, saturated; the value itself when there is none.</summary>
    public static long Shift(long value, int? shift, int valueBits) =>
        shift is { } bits ? Saturate((Int128)value << bits, valueBits) : value;

    /// <summary>The value clamped to [-2^n, 2^n - 1].</summary>
    public static long Saturate(Int128 value, int valueBits)
    {
        Int128 limit = Int128.One << valueBits;
        return (long)Int128.Clamp(value, -limit, limit - 1);
    }
}
