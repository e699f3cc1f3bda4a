using AkidaQuant.Numerics.Quantizers;
using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Numerics.Quantizers;

public sealed class MovingMaximumTests
{
    [Fact]
    public void First_batch_as_it_is_then_a_moving_average()
    {
        MovingMaximum maximum = new(1);
        Assert.Equal([1f], maximum.Values);
        float[] expected = [3, 2.9f, 3.6100001f];
        float[] batches = [3, 2, 10];
        for (int i = 0; i < batches.Length; i++)
        {
            maximum.Update([batches[i]]);
            Assert.Equal(expected[i], maximum.Values[0]);
        }
    }

    [Fact]
    public void A_range_of_exactly_one_counts_as_fresh()
    {
        MovingMaximum maximum = new(1);
        maximum.Update([1]);
        maximum.Update([5]);
        Assert.Equal([5f], maximum.Values);
    }

    [Fact]
    public void Serves_minima()
    {
        MovingMaximum minimum = new(1);
        minimum.Update([-2]);
        minimum.Update([-1]);
        Assert.Equal([-1.9f], minimum.Values);
    }

    [Fact]
    public void One_channel_that_differs_from_one_puts_all_in_averaging_mode()
    {
        MovingMaximum maximum = new(2);
        maximum.Update([1, 2]);
        maximum.Update([3, 3]);
        Assert.Equal([1.2f, 2.1f], maximum.Values);
    }

    [Fact]
    public void Decay_is_rounded_once_from_double()
    {
        MovingMaximum maximum = new(1);
        maximum.Update([0]);
        maximum.Update([-1]);
        Assert.Equal(0x3DCCCCCDu, BitConverter.SingleToUInt32Bits(-maximum.Values[0]));
    }

    [Fact]
    public void Channels_must_fit() => Assert.Equal("ChannelCountMismatch", IdOf(() => new MovingMaximum(2).Update([1])));
}
