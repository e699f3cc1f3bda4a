using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Zeros around a row in time.</summary>
public sealed class ZeroPadding1DTests
{
    private static readonly ZeroPadding1D Plain = StoredLayer.Read<ZeroPadding1D>("ZeroPadding1D", ("padding", StoredLayer.List(1L, 2L)));

    [Fact]
    public void Zeros_go_before_and_behind_every_sample() => Assert.Equal(
        [0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0],
        new LayerRun(Plain, 2, new FloatSpec(new Shape(1, 2))).Floats([1, 2, 3, 4]));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(new Shape(6, 1), LayerRun.ShapeOver(StoredLayer.AssertReadBack(Plain), 3, 1));
        Assert.Equal(new Shape(5, 1), LayerRun.ShapeOver(StoredLayer.Read<ZeroPadding1D>("ZeroPadding1D"), 3, 1));
        Assert.Equal(new Shape(9, 1), LayerRun.ShapeOver(StoredLayer.Read<ZeroPadding1D>("ZeroPadding1D", ("padding", 3L)), 3, 1));
        StoredLayer.Refuses("ZeroPadding1D", "padding", "numbers that are not negative", ("padding", StoredLayer.List(1L, -2L)));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Plain, new FloatSpec(new Shape(3)));
    }
}
