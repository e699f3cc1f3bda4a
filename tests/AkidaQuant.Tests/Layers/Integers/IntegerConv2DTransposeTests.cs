using AkidaQuant.Geometry;
using AkidaQuant.Layers.Integers;
using CsCheck;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>Values spread over windows, and the sides of the result are cut off.</summary>
public sealed class IntegerConv2DTransposeTests
{
    private static readonly IntegerConv2DTranspose Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Strides = (2, 2),
        Crop = new EdgePads(0, 1, 0, 1),
        Kernel = IntegerCase.Weights([2, 2, 1, 1], 1, 2, 3, 4),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void Sides_are_cut_off()
    {
        Assert.Equal([6, 4, 12, 12], LayerRun.Of(Plain, (LayerRun.Integers(1, 2, 1), [3, 4])).Values);
        Assert.Equal([3, 6, 4, 8, 9, 12, 12, 16], LayerRun.Of(Plain with { Crop = default }, (LayerRun.Integers(1, 2, 1), [3, 4])).Values);
        Assert.Equal((2, 2), Plain.KernelSize);
    }

    [Fact]
    public void Sums_are_those_of_single_products() => Gen.Select(SpatialCase.Any, Gen.Int[0, 1].Array[4]).Sample(
        (given, sides) =>
        {
            EdgePads crop = new(sides[0], sides[1], sides[2], sides[3]);
            (int height, int width) = given.Window.KernelSize;
            IntegerConv2DTranspose layer = Plain with
            {
                Strides = given.Window.Strides,
                Crop = crop,
                Kernel = IntegerCase.Random(given.Seed, height, width, given.Channels, given.Filters),
            };
            long[] sample = IntegerCase.Samples(given.Seed, new Shape(given.Input).Size, -128, 127);
            (Shape shape, long[] expected) = Scattered.Of(given.Input, sample, layer.Kernel, layer.Strides, crop, isDepthwise: false);
            LayerRun run = new(layer, 1, LayerRun.Integers(given.Input));
            Assert.Equal(shape, run.Shape);
            Assert.Equal(expected, run.Run(sample));
        },
        iter: 200);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "of 1 channels", Plain, LayerRun.Integers(1, 2, 2));
        LayerRun.Refuses("LayerInputMismatch", "nothing is left once [0, 1, 0, 1] is cut off", Plain, LayerRun.Integers(1, 1, 1));
    }
}
