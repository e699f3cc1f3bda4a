using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A row in time with its steps repeated.</summary>
public sealed class UpSampling1DTests
{
    private static readonly UpSampling1D Plain = StoredLayer.Read<UpSampling1D>("UpSampling1D", ("size", 2L));

    [Fact]
    public void Steps_are_repeated() => Assert.Equal([1, 2, 1, 2, 3, 4, 3, 4], LayerRun.Of(Plain, new Shape(2, 2), 1, 2, 3, 4));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        UpSampling1D layer = StoredLayer.Read<UpSampling1D>("UpSampling1D", ("size", 3L));
        Assert.Equal(new Shape(6, 1), LayerRun.ShapeOver(StoredLayer.AssertReadBack(layer), 2, 1));
        StoredLayer.Refuses("UpSampling1D", "size", "a positive integer", ("size", 0L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Plain, new FloatSpec(new Shape(3)));
    }
}
