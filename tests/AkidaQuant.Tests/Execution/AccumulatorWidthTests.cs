using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class AccumulatorWidthTests
{
    [Theory]
    [InlineData(-8, 7, -8, 7)]
    [InlineData(-9, 8, -8, 7)]
    [InlineData(9, 20, 7, 7)]
    [InlineData(-20, -9, -8, -8)]
    public void Saturating_sums_end_at_their_bounds(long min, long max, long least, long greatest) =>
        Assert.Equal(new ValueRange(least, greatest), AccumulatorWidth.Saturating(3).Limit(min, max));

    [Fact]
    public void Sums_that_may_be_wider_are_refused_where_nothing_may_saturate()
    {
        AccumulatorWidth width = AccumulatorWidth.Refusing(
            3, bits => new QuantException("Wide", QuantErrorKind.NotSupported, $"more than {bits}", "layer"));
        Assert.Equal(new ValueRange(-8, 7), width.Limit(-8, 7));
        Assert.Equal("more than 3", Assert.Throws<QuantException>(() => width.Limit(-8, 8)).Message);
        Assert.Equal("Wide", Assert.Throws<QuantException>(() => width.Limit(-9, 7)).Id);
    }

    [Fact]
    public void Bounds_beyond_64_bits_are_no_overflow()
    {
        Int128 wide = (Int128)long.MaxValue * 1000;
        Assert.Equal(ValueRange.OfBits(50), AccumulatorWidth.Saturating(50).Limit(-wide, wide));
    }
}
