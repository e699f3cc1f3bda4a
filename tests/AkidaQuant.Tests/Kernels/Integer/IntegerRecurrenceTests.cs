using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerRecurrenceTests
{
    [Fact]
    public void Every_product_and_sum_saturates_and_states_are_rounded_half_up() =>
        (from channels in Gen.Int[1, 9]
         from steps in Gen.Int[1, 6]
         from batch in Gen.Int[1, 3]
         from factors in Gen.OneOf(Gen.Int[-200, 200], Gen.Int).Array[2 * channels]
         from input in Gen.OneOf(Gen.Int[-100000, 100000], Gen.Int).Array[batch * steps * channels]
         from shift in Gen.Int[-20, 3]
         from bits in Gen.Select(Gen.OneOf(27, 31), Gen.Int[7, 15])
         from realOnly in Gen.Bool
         select (channels, steps, batch, factors, input, shift, bits, realOnly)).Sample(
            (channels, steps, batch, factors, input, shift, bits, realOnly) =>
            {
                (int[] real, int[] imaginary) = (factors[..channels], factors[channels..]);
                IntegerRecurrence recurrence = new(real, imaginary, shift, bits.Item1, bits.Item2, realOnly);
                short[] re = new short[batch * channels];
                short[] im = new short[batch * channels];
                short[] output = new short[(realOnly ? 1 : 2) * input.Length];
                recurrence.Run(input, re, im, output, batch);
                for (int stream = 0; stream < batch * channels; stream++)
                {
                    (int sample, int c) = Math.DivRem(stream, channels);
                    long x = 0;
                    long y = 0;
                    for (int step = 0; step < steps; step++)
                    {
                        int i = (((sample * steps) + step) * channels) + c;
                        long turned = Saturate(Saturate(x * real[c]) - Saturate(y * imaginary[c]));
                        (x, y) = (Round(Saturate(turned + input[i])), Round(Saturate(Saturate(x * imaginary[c]) + Saturate(y * real[c]))));
                        Assert.Equal(x, output[realOnly ? i : 2 * i]);
                        Assert.True(realOnly || y == output[(2 * i) + 1]);
                    }

                    Assert.Equal((x, y), (re[stream], im[stream]));
                }

                long Saturate(long value) => Naive.Saturate(value, bits.Item1);

                long Round(long value)
                {
                    Int128 half = shift < 0 ? Int128.One << (-shift - 1) : 0;
                    return Naive.Saturate(shift < 0 ? (value + half) >> -shift : (Int128)value << shift, bits.Item2);
                }
            },
            iter: 500);

    [Fact]
    public void Parts_of_different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>("imaginary", () => new IntegerRecurrence([1], [1, 2], 0, 31, 15, false));
}
