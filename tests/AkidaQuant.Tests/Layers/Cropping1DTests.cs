using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A row in time without its ends.</summary>
public sealed class Cropping1DTests
{
    private static readonly Cropping1D Plain = StoredLayer.Read<Cropping1D>("Cropping1D", ("cropping", StoredLayer.List(1L, 2L)));

    [Fact]
    public void Steps_are_cut_off() => Assert.Equal([2, 3], LayerRun.Of(Plain, new Shape(5, 1), 1, 2, 3, 4, 5));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(new Shape(2, 1), LayerRun.ShapeOver(StoredLayer.AssertReadBack(Plain), 5, 1));
        Assert.Equal(new Shape(3, 1), LayerRun.ShapeOver(StoredLayer.Read<Cropping1D>("Cropping1D"), 5, 1));
        StoredLayer.Refuses("Cropping1D", "cropping", "numbers that are not negative", ("cropping", -1L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 5, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "which leaves nothing", Plain, new FloatSpec(new Shape(3, 1)));
    }
}
