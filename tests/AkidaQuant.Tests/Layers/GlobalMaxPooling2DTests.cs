using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The maximum over all positions.</summary>
public sealed class GlobalMaxPooling2DTests
{
    private static readonly GlobalMaxPooling2D Plain = new() { Name = "layer" };

    [Fact]
    public void Channels_have_their_own_maxima()
    {
        Assert.Equal([5, -1], LayerRun.Of(Plain, new Shape(1, 3, 2), 1, -5, 5, -1, 2, -7));
        Assert.Equal(new Shape(2), LayerRun.ShapeOver(Plain, 4, 3, 2));
        Assert.Equal(new Shape(1, 1, 2), LayerRun.ShapeOver(Plain with { KeepDims = true }, 4, 3, 2));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written() => Assert.True(StoredLayer.AssertReadBack(Plain with { KeepDims = true }).KeepDims);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 3, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
    }
}
