using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>Samples divided by a step, rounded half to even, and moved to a zero point.</summary>
public sealed class IntegerInputQuantizerTests
{
    private static readonly IntegerInputQuantizer Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        IsSigned = true,
        ZeroPoints = [0, 0],
    };

    [Fact]
    public void Halves_go_to_the_even_neighbour_and_ends_saturate()
    {
        LayerRun run = new(Plain, 1, new FloatSpec(new Shape(3, 2)));
        Assert.Equal([0, 2, 2, -2, 127, -128], run.Quantize([.25f, .75f, 1.25f, -.75f, 99, -99]));
        Assert.Equal((7, new ValueRange(-128, 127), true), (run.Output.ValueBits, run.Output.Range, run.Output.HasConstantScales));
    }

    [Fact]
    public void Channels_have_their_steps_and_zero_points()
    {
        IntegerInputQuantizer layer = Plain with { IsSigned = false, Step = ScalarOrVector<float>.Vector([.5f, 4]), ZeroPoints = [128, 3] };
        LayerRun run = new(layer, 1, new FloatSpec(new Shape(2, 2)));
        Assert.Equal([130, 4, 0, 255], run.Quantize([1, 4, -99, 9999]));
        Assert.Equal((8, new ValueRange(0, 255)), (run.Output.ValueBits, run.Output.Range));
    }

    [Fact]
    public void Integers_are_taken_as_the_numbers_that_they_are() =>
        Assert.Equal([6, -8], LayerRun.Of(Plain, (LayerRun.Integers(1, 2), [3, -4])).Values);

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        LayerRun.Refuses(
            "LayerInputMismatch", "1 scales and 2 zero points, but its input (3,) has 3 channels", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses(
            "LayerInputMismatch",
            "3 scales and 2 zero points",
            Plain with { Step = ScalarOrVector<float>.Vector([1, 2, 3]) },
            new FloatSpec(new Shape(2)));
        Assert.Equal("FloatSourceMissing", Assert.Throws<QuantException>(Plain.ToFloat).Id);
    }
}
