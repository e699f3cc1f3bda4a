using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A rectifier with one slope for what is negative.</summary>
public sealed class LeakyReLUTests
{
    private static readonly LeakyReLU Plain = new() { Name = "layer", Alpha = .25f };

    [Fact]
    public void Negative_values_are_multiplied() => Assert.Equal([-1, 0, 3, -.5f], LayerRun.Of(Plain, new Shape(4), -4, 0, 3, -2));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(.25f, StoredLayer.AssertReadBack(Plain).Alpha);
        Assert.Equal(.5f, StoredLayer.Read<LeakyReLU>("LeakyReLU", ("negative_slope", .5)).Alpha);
        Assert.Equal(.3f, StoredLayer.Read<LeakyReLU>("LeakyReLU").Alpha);
        StoredLayer.Refuses("LeakyReLU", "alpha", "a number", ("alpha", true));
    }

    [Fact]
    public void Integers_are_refused() => LayerRun.RefusesIntegers(Plain, 3);
}
