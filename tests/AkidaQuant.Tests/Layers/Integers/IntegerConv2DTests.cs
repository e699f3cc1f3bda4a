using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Tests.Reference;
using CsCheck;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>onnx.md: sums of products of bytes, and what follows them.</summary>
public sealed class IntegerConv2DTests
{
    private static readonly IntegerConv2D Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Window = new ConvolutionWindow { KernelSize = (1, 2) },
        Kernel = IntegerCase.Weights([1, 2, 1, 2], 1, -2, 10, -20),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void Sums_take_a_bias_and_become_bytes()
    {
        IntegerConv2D layer = Plain with
        {
            Tail = new IntegerTail { Bias = [100, -100], Rescaling = new IntegerRescaling([3, 5], [-2, -4]) },
        };
        Assert.Equal(
            [121, -142, 142, -184], LayerRun.Of(layer with { Tail = new IntegerTail { Bias = [100, -100] } }, Input(1, 2, 4)).Values);
        Assert.Equal(
            new[]
            {
                (121, 3, 2),
                (-142, 5, 4),
                (142, 3, 2),
                (-184, 5, 4),
            }.Select(sum => IntegerCase.Rescaled(sum.Item1, sum.Item2, sum.Item3)),
            LayerRun.Of(layer, Input(1, 2, 4)).Values);
        Assert.Equal(
            ["layer/kernel:0 (1, 2, 1, 2)", "layer/bias:0 (2,)", "layer/scale:0 (2,)", "layer/shift:0 (2,)"],
            layer.Variables.Select(variable => $"{variable.Name} {variable.Value.Shape}"));
        Assert.Equal(0, StoredLayer.Count(layer).Trainable);
    }

    [Fact]
    public void Sums_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            (int height, int width) = given.Window.KernelSize;
            IntegerConv2D layer = Plain with
            {
                Window = given.Window,
                Kernel = IntegerCase.Random(given.Seed, height, width, given.Channels, given.Filters),
            };
            QuantizedSpec input = LayerRun.Integers(given.Input);
            long[] sample = IntegerCase.Samples(given.Seed, input.Shape.Size, -128, 127);
            FixedPoint expected = Convolutions.Convolution(
                IntegerCase.Sample(given.Input, sample), IntegerCase.Kernel(layer.Kernel), IntegerCase.Steps(given.Window));
            IntegerCase.AssertSums(layer, input, sample, expected);
        },
        iter: 200);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 3, 1);
        LayerRun.Refuses("LayerInputMismatch", "an image (height, width, channels) of 1 channels", Plain, LayerRun.Integers(1, 3, 2));
        LayerRun.Refuses("LayerInputMismatch", "spans 2 does not fit", Plain, LayerRun.Integers(1, 1, 1));
    }

    private static (QuantizedSpec Spec, long[] Values) Input(params long[] values) => (LayerRun.Integers(1, values.Length, 1), values);
}
