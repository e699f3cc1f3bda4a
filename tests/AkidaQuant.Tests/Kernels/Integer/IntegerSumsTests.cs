using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerSumsTests
{
    [Fact]
    public void Sums_are_clamped_to_the_range_if_there_is_one() =>
        (from bits in Gen.OneOf(3, 15, 31, 40)
         from sums in Gen.Int.Array[0, 40]
         select (bits, sums)).Sample(
            (bits, sums) =>
            {
                int[] expected = Array.ConvertAll(sums, sum => (int)Naive.Saturate(sum, bits));
                int[] unchanged = [.. sums];
                double[] doubles = Array.ConvertAll(sums, sum => (double)sum);
                long[] longs = Array.ConvertAll(sums, sum => (long)sum);
                IntegerSums.Saturate<int>(unchanged, null);
                Assert.Equal(sums, unchanged);
                IntegerSums.Saturate<int>(sums, ValueRange.OfBits(bits));
                IntegerSums.Saturate<double>(doubles, ValueRange.OfBits(bits));
                IntegerSums.Saturate<long>(longs, ValueRange.OfBits(bits));
                Assert.Equal(expected, sums);
                Assert.Equal(expected.Select(sum => (double)sum), doubles);
                Assert.Equal(expected.Select(sum => (long)sum), longs);
            });

    [Theory]
    [InlineData(IntegerStorage.Int16, true, false, false)]
    [InlineData(IntegerStorage.Int32, false, true, false)]
    [InlineData(IntegerStorage.Int64, false, false, true)]
    public void A_buffer_of_the_type_of_the_sums_takes_them_directly(IntegerStorage storage, bool ofShorts, bool ofInts, bool ofLongs)
    {
        IntegerData output = new(1, 1, storage);
        Assert.Equal(ofShorts, IntegerSums.WritesDirectly<short>(output));
        Assert.Equal(ofInts, IntegerSums.WritesDirectly<int>(output));
        Assert.Equal(ofLongs, IntegerSums.WritesDirectly<long>(output));
        Assert.False(IntegerSums.WritesDirectly<double>(output));
    }
}
