using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A layer that matters in training only.</summary>
public sealed class ActivityRegularizationTests
{
    private static readonly ActivityRegularization Layer = new() { Name = "layer", L1 = .5, L2 = .25 };

    [Fact]
    public void Values_pass()
    {
        LayerRun run = new(Layer, 1, new FloatSpec(new Shape(3)));
        Assert.True(run.IsView);
        Assert.Equal([1, -2, 3], run.Floats([1, -2, 3]));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        ActivityRegularization read = StoredLayer.AssertReadBack(Layer);
        Assert.Equal((.5, .25), (read.L1, read.L2));
        StoredLayer.Refuses("ActivityRegularization", "l1", "a number", ("l1", "much"));
    }

    [Fact]
    public void Integers_are_refused() => LayerRun.RefusesIntegers(Layer, 3);
}
