using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class MagnitudesTests
{
    private static readonly Gen<float> Value = Gen.OneOf(
        Gen.Float, Gen.OneOf(0f, -0f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.Epsilon, float.MinValue));

    [Fact]
    public void The_greatest_magnitudes_are_those_of_plain_loops() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 12])
            .SelectMany((channels, rows) => Value.Array[channels * rows].Select(values => (channels, values)))
            .Sample(sample =>
            {
                (int channels, float[] values) = sample;
                float[] expected = new float[channels];
                for (int i = 0; i < values.Length; i++)
                {
                    expected[i % channels] = MathF.Max(expected[i % channels], MathF.Abs(values[i]));
                }

                float[] actual = new float[channels];
                Array.Fill(actual, 41f);
                Magnitudes.Greatest(values, actual);
                Assert.Equal(expected, actual);

                float[] all = [41f];
                Magnitudes.Greatest(values, all);
                Assert.Equal(expected.Aggregate(MathF.Max), all[0]);
            });
}
