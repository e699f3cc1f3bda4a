using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>A convolution over the last frames.</summary>
public sealed class IntegerBufferTempConvTests
{
    private static readonly IntegerBufferTempConv Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Kernel = IntegerCase.Weights([2, 2, 1], 1, 10, 100, -100),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void Frames_are_remembered()
    {
        LayerRun run = new(Plain, 2, LayerRun.Integers(1, 1, 2));
        Assert.Equal([new Shape(1, 1, 2, 2)], run.State);
        Assert.Equal([-100, 200], run.Run([1, 2, 4, 2]));
        Assert.Equal([21 - 100, 24 + 25_500], run.Run([3, 4, 127, -128]));
        Assert.True(Plain.IsStateful);
    }

    [Fact]
    public void Sums_become_bytes()
    {
        IntegerBufferTempConv layer = Plain with { Tail = new IntegerTail { Bias = [50], Rescaling = new IntegerRescaling(null, [-3]) } };
        LayerRun run = new(layer, 1, LayerRun.Integers(1, 1, 2));
        Assert.Equal([IntegerCase.Rescaled(-50, 1, 3)], run.Run([1, 2]));
        Assert.Equal([127], run.Run([127, -128]));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 1, 2);
        LayerRun.Refuses("LayerInputMismatch", "of 2 channels", Plain, LayerRun.Integers(1, 1, 3));
    }
}
