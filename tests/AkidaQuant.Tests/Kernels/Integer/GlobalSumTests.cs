using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class GlobalSumTests
{
    [Fact]
    public void Shifted_values_and_the_sum_saturate() =>
        (from sizes in ChannelCases.Sizes
         from range in ChannelCases.Range
         from values in ChannelCases.Integers(range, sizes)
         from storage in Cases.Storage(range)
         from shift in Cases.Optional(Gen.Int[0, 20].Array[sizes.Channels])
         from bits in Gen.OneOf(15, 27, 32)
         from outputStorage in Cases.Storage(ValueRange.OfBits(bits))
         select (sizes, values, storage, shift, bits, outputStorage)).Sample(
            (sizes, values, storage, shift, bits, outputStorage) =>
            {
                var output = new IntegerData(sizes.Channels, sizes.Batch, outputStorage);
                new GlobalSum(sizes.Positions, sizes.Channels, shift, bits).Run(
                    Cases.Buffer(values, sizes.Channels * sizes.Positions, storage), output, sizes.Batch);
                long[] expected = Cases.PerSample(values, sizes.Channels * sizes.Positions, sample =>
                {
                    Int128[] sums = new Int128[sizes.Channels];
                    for (int i = 0; i < sample.Length; i++)
                    {
                        sums[i % sizes.Channels] += Naive.Shift(sample[i], shift?[i % sizes.Channels], bits);
                    }

                    return Array.ConvertAll(sums, sum => Naive.Saturate(sum, bits));
                });
                Assert.Equal(expected, Cases.Values(output));
            },
            iter: 1000);

    [Fact]
    public void A_sum_that_the_buffer_cannot_hold_is_reported() => Assert.Throws<OverflowException>(() => new GlobalSum(2, 1, null, 27).Run(
        Cases.Buffer([30000, 30000], 2, IntegerStorage.Int16), new IntegerData(1, 1, IntegerStorage.Int16), 1));
}
