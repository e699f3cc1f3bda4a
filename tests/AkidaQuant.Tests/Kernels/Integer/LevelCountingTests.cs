using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class LevelCountingTests
{
    [Theory]
    [InlineData(10, 10, 4f, 4, 0)]
    [InlineData(11, 10, 4f, 4, 1)]
    [InlineData(14, 10, 4f, 4, 1)]
    [InlineData(15, 10, 4f, 4, 2)]
    [InlineData(1000, 10, 4f, 4, 15)]
    [InlineData(4, 0, 1f, 2, 1)]
    [InlineData(5, 0, 1f, 2, 2)]
    [InlineData(100, 0, 1f, 2, 3)]
    [InlineData(10000, -8569, 7182.0273f, 4, 3)]
    public void Counts_as_documented(int potential, int threshold, float step, int bits, int level) =>
        Assert.Equal(level, Level(potential, threshold, step, bits));

    [Fact]
    public void Counts_as_an_exact_quotient_rounded_up_does()
    {
        Gen<float> steps = Gen.Select(Gen.Int[1, (1 << 24) - 1], Gen.Int[-20, 0], (mantissa, exponent) => MathF.ScaleB(mantissa, exponent));
        Gen.Select(Gen.Int[-100_000, 100_000], Gen.Int[-100_000, 100_000], steps, Gen.Int[0, 2].Select(power => 1 << power))
            .Sample(
                (potential, threshold, step, bits) =>
                {
                    // The quotient of distance and step · 2^(4 − bits), both scaled by 2^20 to integers.
                    Int128 numerator = (Int128)(potential - threshold) << 20;
                    Int128 denominator = (Int128)Math.ScaleB(step, 24 - bits);
                    Int128 up = numerator <= 0 ? 0 : (numerator + denominator - 1) / denominator;
                    return Level(potential, threshold, step, bits) == (long)Int128.Min(up, (1 << bits) - 1);
                });
    }

    private static long Level(int potential, int threshold, float size, int bits)
    {
        using IntegerData sums = new(1, 1, IntegerStorage.Int32);
        using IntegerData levels = new(1, 1, IntegerStorage.Int16);
        sums.Values<int>(1)[0] = potential;
        LevelCounting step = new([threshold], [size], bits);
        new IntegerFinish(1, ValueRange.OfBits(31), new ValueRange(0, 15), [step]).Run(sums, levels, 1);
        return levels.Values<short>(1)[0];
    }
}
