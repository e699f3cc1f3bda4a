using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A rectifier that passes only what is above a threshold.</summary>
public sealed class ThresholdedReLUTests
{
    private static readonly ThresholdedReLU Plain = new() { Name = "layer", Theta = .5f };

    [Fact]
    public void Values_up_to_the_threshold_become_0() =>
        Assert.Equal([0, 0, 0, .75f, 3], LayerRun.Of(Plain, new Shape(5), -1, 0, .5f, .75f, 3));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(.5f, StoredLayer.AssertReadBack(Plain).Theta);
        Assert.Equal(1, StoredLayer.Read<ThresholdedReLU>("ThresholdedReLU").Theta);
        StoredLayer.Refuses("ThresholdedReLU", "theta", "a number", ("theta", "one"));
    }

    [Fact]
    public void Integers_are_refused() => LayerRun.RefusesIntegers(Plain, 3);
}
