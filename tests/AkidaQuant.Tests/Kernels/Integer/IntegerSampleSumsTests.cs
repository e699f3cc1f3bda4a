using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerSampleSumsTests
{
    [Fact]
    public void Samples_are_shifted_computed_saturated_and_written_one_by_one() =>
        (from channels in Gen.Int[1, 20]
         from batch in Gen.Int[1, 4]
         from range in Cases.Range
         from bits in Gen.OneOf(7, 20, 40)
         from weights in Gen.Int[-100, 100].Array[channels]
         from shift in Cases.Optional(Gen.Int[0, 8].Array[channels])
         from values in Cases.Integers(range, batch * channels)
         from storage in Cases.Storage(range)
         select (channels, batch, range, bits, weights, shift, values, storage)).Sample(
            (channels, batch, range, bits, weights, shift, values, storage) =>
            {
                IntegerSampleSums sums = new(weights, channels, channels, shift, range, bits, isChannelwise: true);
                long[] expected = [.. values.Select((value, i) => Naive.Saturate(
                    (Int128)Naive.Shift(value, shift?[i % channels], bits) * weights[i % channels], bits))];
                IntegerData input = Cases.Buffer(values, channels, storage);
                Action<IntegerData, IntegerData, int> wide = sums.OverBatch<long, long>(
                    (image, output) =>
                    {
                        for (int c = 0; c < channels; c++)
                        {
                            output[c] = image[c] * weights[c];
                        }
                    },
                    channels,
                    channels);
                SumCases.Check(expected, sums.OutputRange, true, batch, output => wide(input, output, batch));
                SumCases.Check(expected, sums.OutputRange, false, batch, output => wide(input, output, batch));
            },
            iter: 300);

    [Fact]
    public void Sums_fit_32_bits_where_activations_and_all_partial_sums_do()
    {
        Assert.True(Of([65535], ValueRange.OfBits(15)).FitInt32);
        Assert.False(Of([65536], ValueRange.OfBits(15)).FitInt32);
        Assert.True(Of([0], ValueRange.OfBits(31)).FitInt32);
        Assert.False(Of([0], ValueRange.OfBits(32)).FitInt32);

        static IntegerSampleSums Of(int[] weights, ValueRange range) => new(weights, 1, 1, null, range, 40, isChannelwise: true);
    }

    [Fact]
    public void There_is_one_shift_for_each_channel() => Assert.Throws<ArgumentException>(
        "inputShift", () => new IntegerSampleSums([1, 1], 2, 2, [1], ValueRange.OfBits(7), 27, isChannelwise: true));
}
