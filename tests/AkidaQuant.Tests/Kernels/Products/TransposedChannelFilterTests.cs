using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class TransposedChannelFilterTests
{
    [Fact]
    public void Every_pixel_adds_each_tap_to_where_it_falls() =>
        (from sizes in Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from image in Gen.Int[-5000, 5000].Array[g.OutputShape.Size]
         from weights in Gen.Int[-5000, 5000].Array[g.KernelHeight * g.KernelWidth * g.InputChannels]
         select (g, image, weights)).Sample(
            (g, image, weights) =>
            {
                long[] expected = Naive.Scatter(g, Array.ConvertAll(image, value => (long)value), weights, null, 40, true);
                int[] sums = new int[g.InputShape.Size];
                Array.Fill(sums, 1);
                new TransposedChannelFilter<int>(g, weights).Run(image, 0, g.InputHeight, sums);
                Assert.Equal(expected, sums.Select(sum => (long)sum));

                double[] doubles = new double[sums.Length];
                new TransposedChannelFilter<double>(g, Array.ConvertAll(weights, value => (double)value)).Run(
                    Array.ConvertAll(image, value => (double)value), 0, g.InputHeight, doubles);
                Assert.Equal(expected, doubles.Select(sum => (long)sum));
            },
            iter: 300);

    [Fact]
    public void Floats_are_rounded_after_the_product_and_after_the_sum_in_every_lane() =>
        (from channels in Gen.Int[1, 70]
         from image in FloatCases.Value.Array[2 * channels]
         from weights in FloatCases.Value.Array[2 * channels]
         select (channels, image, weights)).Sample(
            (channels, image, weights) =>
            {
                // Two pixels and two taps that meet in the middle one of three columns.
                ConvolutionGeometry g = ConvolutionGeometry.Create(
                    new Shape(1, 3, channels), (1, 2), (1, 1), (1, 1), Padding.Valid, channels);
                float[] sums = new float[3 * channels];
                new TransposedChannelFilter<float>(g, weights).Run(image, 0, g.InputHeight, sums);
                for (int c = 0; c < channels; c++)
                {
                    float first = image[c] * weights[channels + c];
                    float second = image[channels + c] * weights[c];
                    Assert.Equal(first + second, sums[channels + c]);
                }
            });
}
