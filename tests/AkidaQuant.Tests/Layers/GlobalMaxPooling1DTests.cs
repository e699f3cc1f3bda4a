using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The maximum over all steps.</summary>
public sealed class GlobalMaxPooling1DTests
{
    [Fact]
    public void Channels_have_their_own()
    {
        Assert.Equal([3, 5], LayerRun.Of(Read(), new Shape(2, 2), 1, 5, 3, 2));
        Assert.Equal(new Shape(2), LayerRun.ShapeOver(Read(), 5, 2));
        Assert.Equal(new Shape(1, 2), LayerRun.ShapeOver(Read(("keepdims", true)), 5, 2));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written() =>
        Assert.Equal(new Shape(1, 2), LayerRun.ShapeOver(StoredLayer.AssertReadBack(Read(("keepdims", true))), 5, 2));

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Read(), 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Read(), new FloatSpec(new Shape(3)));
    }

    private static GlobalMaxPooling1D Read(params (string Key, object? Value)[] arguments) =>
        StoredLayer.Read<GlobalMaxPooling1D>("GlobalMaxPooling1D", arguments);
}
