using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>The channels of two images behind each other.</summary>
public sealed class IntegerConcatenateTests
{
    private static readonly IntegerConcatenate Plain = new() { Name = "layer", Step = IntegerCase.Step };

    [Fact]
    public void Channels_are_joined()
    {
        QuantizedSpec small = LayerRun.Integers(1, 2, 1) with { Range = new ValueRange(0, 5) };
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(Plain, (LayerRun.Integers(1, 2, 2), [1, 2, 3, 4]), (small, [5, 0]));
        Assert.Equal([1, 2, 5, 3, 4, 0], values);
        Assert.Equal((new Shape(1, 2, 3), new ValueRange(-128, 127), IntegerCase.Step), (spec.Shape, spec.Range, spec.Scales!.Value));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "an image (height, width, channels)", Plain, LayerRun.Integers(2), LayerRun.Integers(2));
        LayerRun.Refuses("LayerInputMismatch", "the same rows and columns", Plain, LayerRun.Integers(1, 2, 1), LayerRun.Integers(1, 3, 1));
    }
}
