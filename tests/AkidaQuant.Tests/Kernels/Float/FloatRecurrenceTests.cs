using AkidaQuant.Kernels.Float;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Float;

public sealed class FloatRecurrenceTests
{
    [Fact]
    public void States_turn_and_take_the_input_and_any_split_of_the_steps_gives_the_same() =>
        (from channels in Gen.Int[1, 9]
         from steps in Gen.Int[1, 6]
         from batch in Gen.Int[1, 3]
         from first in Gen.Int[0, steps]
         from factors in Gen.Float[-1, 1].Array[2 * channels]
         from input in FloatCases.Value.Array[batch * steps * channels]
         select (channels, steps, batch, first, factors, input)).Sample(
            (channels, steps, batch, first, factors, input) =>
            {
                (float[] real, float[] imaginary) = (factors[..channels], factors[channels..]);
                FloatRecurrence recurrence = new(real, imaginary);
                float[] re = new float[batch * channels];
                float[] im = new float[batch * channels];
                float[] output = new float[2 * input.Length];
                recurrence.Run(input, re, im, output, batch);
                for (int stream = 0; stream < batch * channels; stream++)
                {
                    (int sample, int c) = Math.DivRem(stream, channels);
                    float x = 0;
                    float y = 0;
                    for (int step = 0; step < steps; step++)
                    {
                        int i = (((sample * steps) + step) * channels) + c;
                        (x, y) = ((x * real[c]) - (y * imaginary[c]) + input[i], (imaginary[c] * x) + (real[c] * y));
                        Assert.Equal((x, y), (output[2 * i], output[(2 * i) + 1]));
                    }

                    Assert.Equal((x, y), (re[stream], im[stream]));
                }

                if (batch == 1 && first > 0 && first < steps)
                {
                    float[] re2 = new float[channels];
                    float[] im2 = new float[channels];
                    float[] output2 = new float[output.Length];
                    recurrence.Run(input.AsSpan(0, first * channels), re2, im2, output2, 1);
                    recurrence.Run(input.AsSpan(first * channels), re2, im2, output2.AsSpan(2 * first * channels), 1);
                    Assert.Equal(output, output2);
                }
            },
            iter: 300);

    [Fact]
    public void Parts_of_different_lengths_are_refused() =>
        Assert.Throws<ArgumentException>("imaginary", () => new FloatRecurrence(new float[2], new float[3]));
}
