using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class MomentNormalizationTests
{
    [Fact]
    public void Groups_have_the_mean_of_the_offsets_and_the_deviation_of_the_factors() =>
        (from positions in Gen.Int[1, 6]
         from groups in Gen.Int[1, 3]
         from each in Gen.Int[1, 4]
         from batch in Gen.Int[1, 3]
         let channels = groups * each
         from input in FloatCases.Value.Array[batch * positions * channels]
         from factors in FloatCases.Value.Array[channels]
         from offsets in FloatCases.Value.Array[channels]
         from plain in Gen.Bool
         from parts in DividedCases.Count
         select (positions, groups, each, batch, input, plain ? null : factors, plain ? null : offsets, parts)).Sample(
            (positions, groups, each, batch, input, factors, offsets, parts) =>
            {
                const float Epsilon = 0.01f;
                int channels = groups * each;
                MomentNormalization kernel = new(positions, channels, groups, Epsilon, factors, offsets);
                float[] actual = FloatCases.Output(input.Length, output => kernel.Run(input, output, batch));
                for (int i = 0; i < input.Length; i++)
                {
                    int channel = i % channels;
                    double[] group =
                    [
                        .. input.Where((_, j) => j / (positions * channels) == i / (positions * channels)
                            && j % channels / each == channel / each).Select(value => (double)value),
                    ];
                    double mean = group.Average();
                    double variance = group.Average(value => (value - mean) * (value - mean));
                    double expected = (input[i] - mean) / Math.Sqrt(variance + Epsilon);
                    expected = (expected * (factors?[channel] ?? 1)) + (offsets?[channel] ?? 0);
                    Assert.Equal(expected, actual[i], 1e-5);
                }

                DividedCases.Check(actual, parts, (share, ground) =>
                {
                    float[] output = new float[actual.Length];
                    Array.Fill(output, ground);
                    kernel.Run(input, output, batch, share);
                    return output;
                });
            },
            iter: 300);

    [Fact]
    public void Groups_must_divide_channels() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MomentNormalization(1, 3, 2, 0, null, null));
}
