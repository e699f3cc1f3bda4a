using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

/// <summary>The order of summation, which decides about the last bits; expected values are NumPy's.</summary>
public sealed class OffsetFoldingTests
{
    [Theory]
    [InlineData(5, 0xc060ea10)]
    [InlineData(9, 0xbf941d42)]
    [InlineData(30, 0xc0092494)]
    [InlineData(129, 0xbfd5f148)]
    [InlineData(150, 0xbff6db5b)]
    [InlineData(300, 0xbfaf8ada)]
    public void One_filter_is_summed_pairwise(int inputs, uint expected)
    {
        float[] sum = OffsetFolding.Sum(new NdArray<float>(new Shape(inputs, 1), Sequence(inputs)), [0.3f]);
        Assert.Equal(expected, BitConverter.SingleToUInt32Bits(Assert.Single(sum)));
    }

    [Fact]
    public void Several_filters_are_summed_from_the_first_tap_to_the_last()
    {
        float[] offsets = [.. Enumerable.Range(0, 10).Select(channel => (float)((channel * (double)0.1f) + 0.05f))];
        float[] sums = OffsetFolding.Sum(new NdArray<float>(new Shape(3, 3, 10, 2), Sequence(180)), offsets);
        Assert.Equal([0x408b6db3u, 0x411315f1u], sums.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Offsets_must_be_one_or_one_a_channel() =>
        Assert.Throws<ArgumentException>(() => OffsetFolding.Sum(NdArray<float>.Filled(new Shape(3, 2), 1f), [1f, 2f]));

    private static float[] Sequence(int count) => [.. Enumerable.Range(0, count).Select(i => ((i * 37 % 101) - 50) / 7f)];
}
