using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatBiasTests
{
    [Fact]
    public void Every_pixel_gets_the_bias_of_its_channels() =>
        Gen.Int[1, 40].SelectMany(channels => Gen.Select(FloatCases.Value.Array[channels], FloatCases.Value.Array[3 * channels])).Sample(
            (bias, sums) =>
            {
                float[] actual = [.. sums];
                FloatBias.Add(bias, actual);
                Assert.Equal(sums.Select((sum, i) => sum + bias[i % bias.Length]), actual);
            });

    [Fact]
    public void No_bias_leaves_the_sums()
    {
        float[] sums = [1, 2, 3];
        FloatBias.Add(null, sums);
        Assert.Equal([1, 2, 3], sums);
    }
}
