using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class GlobalAveragePoolingTests
{
    [Fact]
    public void Every_channel_has_its_mean() =>
        (from positions in Gen.Int[1, 200]
         from channels in Gen.Int[1, 40]
         from batch in Gen.Int[1, 3]
         from image in FloatCases.Value.Array[batch * positions * channels]
         select (positions, channels, batch, image)).Sample(
            (positions, channels, batch, image) =>
            {
                float[] means = FloatCases.Output(
                    batch * channels, output => new GlobalAveragePooling(positions, channels).Run(image, output, batch));
                for (int i = 0; i < means.Length; i++)
                {
                    float[] sample = FloatCases.Sample(image, i / channels, positions * channels);
                    float[] values = [.. sample.Where((_, j) => j % channels == i % channels)];
                    double bound = 1e-5 * values.Average(value => (double)Math.Abs(value));
                    double mean = values.Average(value => (double)value);
                    Assert.InRange(means[i], mean - bound, mean + bound);
                }
            },
            iter: 50);

    /// <summary>Parts are of channels too, and give the bits of the whole.</summary>
    [Fact]
    public void Parts_are_the_whole_together() =>
        (from positions in Gen.Int[1, 70]
         from channels in Gen.Int[1, 140]
         from batch in Gen.Int[1, 3]
         from image in FloatCases.Value.Array[batch * positions * channels]
         from parts in DividedCases.Count
         select (positions, channels, batch, image, parts)).Sample(
            (positions, channels, batch, image, parts) =>
            {
                GlobalAveragePooling pooling = new(positions, channels);
                float[] expected = FloatCases.Output(batch * channels, output => pooling.Run(image, output, batch));
                DividedCases.Check(expected, parts, (share, ground) =>
                {
                    float[] output = new float[expected.Length];
                    Array.Fill(output, ground);
                    pooling.Run(image, output, batch, share);
                    return output;
                });
            },
            iter: 100);

    [Fact]
    public void Rounding_errors_do_not_grow_with_the_image()
    {
        // In one sum the ones would be lost one by one behind 2^24; added up apart they are 64.
        float[] image = new float[128];
        image[0] = 1 << 24;
        Array.Fill(image, 1f, 64, 64);
        float[] mean = FloatCases.Output(1, output => new GlobalAveragePooling(128, 1).Run(image, output, 1));
        Assert.Equal(((1 << 24) + 64) / 128f, mean[0]);
    }
}
