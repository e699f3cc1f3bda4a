using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Rows of length 1.</summary>
public sealed class UnitNormalizationTests
{
    private static readonly UnitNormalization Plain = new() { Name = "layer" };

    [Fact]
    public void Values_are_divided_by_their_length()
    {
        Assert.Equal([.6f, -.8f, 0, 1, 0, 0], LayerRun.Of(Plain, new Shape(3, 2), 3, -4, 0, 2, 0, 0));
        Assert.Equal([.5f, .5f, .5f, -.5f], LayerRun.Of(Plain with { Axes = [1, 2] }, new Shape(2, 2), 3, 3, 3, -3));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal([-1], StoredLayer.AssertReadBack(Plain).Axes);
        Assert.Equal([1, 2], StoredLayer.AssertReadBack(Plain with { Axes = [1, 2] }).Axes);
        StoredLayer.Refuses("UnitNormalization", "axis", "a list of integers", ("axis", "last"));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2);
        LayerRun.Refuses(
            "LayerInputMismatch", "only the last ones", Plain with { Axes = [1] }, new FloatSpec(new Shape(2, 2)));
    }
}
