using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>An image without its borders.</summary>
public sealed class Cropping2DTests
{
    private static readonly Cropping2D Plain = new() { Name = "layer", Rows = (1, 0), Columns = (0, 2) };

    [Fact]
    public void Rows_and_columns_are_cut_off_of_every_sample()
    {
        LayerRun run = new(Plain, 2, new FloatSpec(new Shape(2, 3, 2)));
        Assert.Equal(new Shape(1, 1, 2), run.Shape);
        Assert.Equal([7, 8, -7, -8], run.Floats([1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, -1, -2, -3, -4, -5, -6, -7, -8, 9, 9, 9, 9]));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Cropping2D read = StoredLayer.AssertReadBack(Plain);
        Assert.Equal(((1, 0), (0, 2)), (read.Rows, read.Columns));
        Assert.Equal((3, 3), StoredLayer.Read<Cropping2D>("Cropping2D", ("cropping", 3L)).Columns);
        Assert.Equal((5, 5), StoredLayer.Read<Cropping2D>("Cropping2D", ("cropping", StoredLayer.List(2L, 5L))).Columns);
        Assert.Equal((0, 0), StoredLayer.Read<Cropping2D>("Cropping2D").Rows);
        StoredLayer.Refuses("Cropping2D", "cropping", "numbers that are not negative", ("cropping", -1L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 3, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
        LayerRun.Refuses("LayerInputMismatch", "which leaves nothing", Plain, new FloatSpec(new Shape(2, 2, 1)));
    }
}
