using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Layers that make one value of all steps of a channel.</summary>
/// <typeparam name="T">The layer.</typeparam>
/// <param name="values">What it makes of the steps (1, 5) and (3, 2).</param>
public abstract class GlobalPooling1DTests<T>(float[] values)
    where T : Layer
{
    [Fact]
    public void Channels_have_their_own()
    {
        Assert.Equal(values, LayerRun.Of(Read(), new Shape(2, 2), 1, 5, 3, 2));
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

    private static T Read(params (string Key, object? Value)[] arguments) => StoredLayer.Read<T>(typeof(T).Name, arguments);
}
