using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The maximum of a window that moves along time.</summary>
public sealed class MaxPooling1DTests
{
    [Fact]
    public void Windows_move_along_time()
    {
        Assert.Equal([5, 3], LayerRun.Of(Read(), new Shape(5, 1), 1, 5, 3, 2, 9));
        Assert.Equal([5, 3, 9], LayerRun.Of(Read(("padding", "same")), new Shape(5, 1), 1, 5, 3, 2, 9));
        Assert.Equal(
            [5, 5], LayerRun.Of(Read(("pool_size", 3L), ("strides", StoredLayer.List(1L))), new Shape(4, 1), 1, 5, 3, 1));
        Assert.Equal([3, 5], LayerRun.Of(Read(), new Shape(2, 2), 1, 5, 3, 2));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        MaxPooling1D read = StoredLayer.AssertReadBack(Read(("pool_size", 3L), ("strides", 2L), ("padding", "same")));
        Assert.Equal(new Shape(4, 1), LayerRun.ShapeOver(read, 7, 1));
        StoredLayer.Refuses("MaxPooling1D", "pool_size", "a positive integer", ("pool_size", 0L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Read(), 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Read(), new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "spans 2 does not fit", Read(), new FloatSpec(new Shape(1, 2)));
    }

    private static MaxPooling1D Read(params (string Key, object? Value)[] arguments) =>
        StoredLayer.Read<MaxPooling1D>("MaxPooling1D", arguments);
}
