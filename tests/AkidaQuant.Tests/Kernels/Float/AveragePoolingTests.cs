using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class AveragePoolingTests
{
    [Fact]
    public void Every_output_is_the_mean_of_the_cells_inside_in_the_order_of_the_cells() =>
        (from sizes in Volumes.Geometry(1)
         let g = sizes with { Image = sizes.Image with { OutputChannels = sizes.Image.InputChannels } }
         from batch in Gen.Int[1, 3]
         from input in FloatCases.Value.Array[batch * g.InputSteps * g.Image.InputShape.Size]
         from parts in DividedCases.Count
         select (g, batch, input, parts)).Sample(
            (g, batch, input, parts) =>
            {
                float[] expected = Cases.PerSample(input, g.InputSteps * g.Image.InputShape.Size, volume => Mean(g, volume));
                Assert.Equal(expected, FloatCases.Output(expected.Length, output => new AveragePooling(g).Run(input, output, batch)));
                DividedCases.Check(expected, parts, (share, ground) =>
                {
                    float[] output = new float[expected.Length];
                    Array.Fill(output, ground);
                    new AveragePooling(g).Run(input, output, batch, share);
                    return output;
                });
            },
            iter: 200);

    private static float[] Mean(VolumeGeometry g, float[] volume)
    {
        int channels = g.Image.InputChannels;
        float[] sums = new float[g.OutputShape.Size];
        int[] counts = new int[sums.Length];
        Volumes.Windows(g, (position, pixel, _) =>
        {
            for (int c = 0; c < channels; c++)
            {
                sums[(position * channels) + c] += volume[(pixel * channels) + c];
                counts[(position * channels) + c]++;
            }
        });
        return [.. sums.Zip(counts, (sum, count) => sum / count)];
    }
}
