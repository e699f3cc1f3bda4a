using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ChannelParametersTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(10, 1024)]
    [InlineData(-3, 0.125)]
    public void A_shift_is_a_power_of_two(int shift, double power) => Assert.Equal(power, ChannelParameters.Power(shift));

    [Fact]
    public void Shifts_beyond_all_integers_stay_finite_and_above_zero()
    {
        Assert.Equal(Math.ScaleB(1, 200), ChannelParameters.Power(int.MaxValue));
        Assert.Equal(Math.ScaleB(1, -200), ChannelParameters.Power(int.MinValue));
    }
}
