using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Zeros around an image.</summary>
public sealed class ZeroPadding2DTests
{
    private static readonly ZeroPadding2D Plain = new() { Name = "layer", Rows = (1, 0), Columns = (0, 2) };

    [Fact]
    public void Zeros_go_around_every_sample()
    {
        LayerRun run = new(Plain, 2, new FloatSpec(new Shape(1, 2, 1)));
        Assert.Equal(new Shape(2, 4, 1), run.Shape);
        Assert.Equal([0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0], run.Floats([1, 2, 3, 4]));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        ZeroPadding2D read = StoredLayer.AssertReadBack(Plain);
        Assert.Equal(((1, 0), (0, 2)), (read.Rows, read.Columns));
        Assert.Equal((3, 3), StoredLayer.Read<ZeroPadding2D>("ZeroPadding2D", ("padding", 3L)).Columns);
        Assert.Equal((5, 5), StoredLayer.Read<ZeroPadding2D>("ZeroPadding2D", ("padding", StoredLayer.List(2L, 5L))).Columns);
        Assert.Equal((1, 1), StoredLayer.Read<ZeroPadding2D>("ZeroPadding2D").Rows);
        StoredLayer.Refuses("ZeroPadding2D", "padding", "numbers that are not negative", ("padding", -1L));
        StoredLayer.Refuses(
            "ZeroPadding2D",
            "padding",
            "numbers that are not negative",
            ("padding", StoredLayer.List(StoredLayer.List(0L, -1L), StoredLayer.List(0L, 0L))));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
    }
}
