using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Tests.Reference;
using CsCheck;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>Each channel has a kernel of its own.</summary>
public sealed class IntegerDepthwiseConv2DTests
{
    private static readonly IntegerDepthwiseConv2D Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Window = new ConvolutionWindow { KernelSize = (1, 2) },
        Kernel = IntegerCase.Weights([1, 2, 2, 1], 1, 10, 100, -128),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void Channels_stay_apart() =>
        Assert.Equal([1 + 300, 20 - 512], LayerRun.Of(Plain, (LayerRun.Integers(1, 2, 2), [1, 2, 3, 4])).Values);

    [Fact]
    public void Sums_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            (int height, int width) = given.Window.KernelSize;
            IntegerDepthwiseConv2D layer = Plain with
            {
                Window = given.Window,
                Kernel = IntegerCase.Random(given.Seed, height, width, given.Channels, 1),
            };
            QuantizedSpec input = LayerRun.Integers(given.Input);
            long[] sample = IntegerCase.Samples(given.Seed, input.Shape.Size, -128, 127);
            FixedPoint expected = Convolutions.DepthwiseConvolution(
                IntegerCase.Sample(given.Input, sample), IntegerCase.Kernel(layer.Kernel), IntegerCase.Steps(given.Window));
            IntegerCase.AssertSums(layer, input, sample, expected);
        },
        iter: 200);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "of 2 channels", Plain, LayerRun.Integers(1, 3, 1));
    }
}
