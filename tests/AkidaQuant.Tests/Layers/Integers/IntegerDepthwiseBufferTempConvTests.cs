using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>Sums of each channel over the last frames.</summary>
public sealed class IntegerDepthwiseBufferTempConvTests
{
    private static readonly IntegerDepthwiseBufferTempConv Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Kernel = IntegerCase.Weights([2, 2], 1, 10, 100, -100),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void Frames_are_remembered_channel_by_channel()
    {
        LayerRun run = new(Plain, 1, LayerRun.Integers(1, 1, 2));
        Assert.Equal([new Shape(1, 1, 2, 2)], run.State);
        Assert.Equal([100, -200], run.Run([1, 2]));
        Assert.Equal([301, -380], run.Run([3, 4]));
        Assert.True(Plain.IsStateful);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 1, 2);
        LayerRun.Refuses("LayerInputMismatch", "of 2 channels", Plain, LayerRun.Integers(1, 1, 3));
        LayerRun.Refuses("LayerInputMismatch", "an image", Plain, LayerRun.Integers(1, 2));
    }
}
