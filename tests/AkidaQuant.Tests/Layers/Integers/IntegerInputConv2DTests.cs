using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Tests.Reference;
using CsCheck;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>The first convolution takes unsigned bytes, and has a border of any value.</summary>
public sealed class IntegerInputConv2DTests
{
    private static readonly IntegerInputConv2D Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Window = new ConvolutionWindow { KernelSize = (1, 3), Padding = Padding.Same },
        PaddingValues = [7],
        Kernel = IntegerCase.Weights([1, 3, 1, 1], 1, 10, 100),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void The_border_has_its_value() =>
        Assert.Equal([7 + 2550 + 300, 255 + 30 + 700], LayerRun.Of(Plain, (IntegerCase.Pixels(1, 2, 1), [255, 3])).Values);

    [Fact]
    public void Sums_are_those_of_the_plain_operations() => Gen.Select(SpatialCase.Any, Gen.Int[0, 255], Gen.Int[0, 2].Array[4]).Sample(
        (given, border, sides) =>
        {
            (int height, int width) = given.Window.KernelSize;
            ConvolutionWindow window = given.Window with
            {
                Dilation = (1, 1),
                Padding = Padding.Explicit,
                Pads = new EdgePads(sides[0], sides[1], sides[2], sides[3]),
            };
            IntegerInputConv2D layer = Plain with
            {
                Window = window,
                PaddingValues = [.. Enumerable.Repeat(border, given.Channels)],
                Kernel = IntegerCase.Random(given.Seed, height, width, given.Channels, given.Filters),
            };
            QuantizedSpec input = IntegerCase.Pixels(given.Input);
            long[] sample = IntegerCase.Samples(given.Seed, input.Shape.Size, 0, 255);
            FixedPoint padded = ShapeOperations.Pad(
                IntegerCase.Sample(given.Input, sample),
                [(0, 0), (sides[0], sides[2]), (sides[1], sides[3]), (0, 0)],
                new FixedPoint(NdArray<long>.Scalar(border), 50, 0));
            FixedPoint expected = Convolutions.Convolution(
                padded, IntegerCase.Kernel(layer.Kernel), IntegerCase.Steps(window with { Padding = Padding.Valid, Pads = default }));
            IntegerCase.AssertSums(layer, input, sample, expected);
        },
        iter: 200);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 3, 1);
        LayerRun.Refuses(
            "LayerInputMismatch", "integers from 0 to 255, but its input has some from -128 to 127", Plain, LayerRun.Integers(1, 3, 1));
        LayerRun.Refuses("LayerInputMismatch", "of 1 channels", Plain, IntegerCase.Pixels(1, 3, 2));
    }
}
