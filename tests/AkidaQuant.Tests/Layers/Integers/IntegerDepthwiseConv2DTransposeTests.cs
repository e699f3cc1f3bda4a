using AkidaQuant.Geometry;
using AkidaQuant.Layers.Integers;
using CsCheck;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>Values spread over windows, each channel with a kernel of its own.</summary>
public sealed class IntegerDepthwiseConv2DTransposeTests
{
    private static readonly IntegerDepthwiseConv2DTranspose Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Strides = (2, 2),
        Crop = default,
        Kernel = IntegerCase.Weights([1, 2, 2, 1], 1, 10, 2, 20),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void Channels_stay_apart() => Assert.Equal([3, 40, 6, 80], LayerRun.Of(Plain, (LayerRun.Integers(1, 1, 2), [3, 4])).Values);

    [Fact]
    public void Sums_are_those_of_single_products() => Gen.Select(SpatialCase.Any, Gen.Int[0, 1].Array[4]).Sample(
        (given, sides) =>
        {
            EdgePads crop = new(sides[0], sides[1], sides[2], sides[3]);
            (int height, int width) = given.Window.KernelSize;
            IntegerDepthwiseConv2DTranspose layer = Plain with
            {
                Strides = given.Window.Strides,
                Crop = crop,
                Kernel = IntegerCase.Random(given.Seed, height, width, given.Channels, 1),
            };
            long[] sample = IntegerCase.Samples(given.Seed, new Shape(given.Input).Size, -128, 127);
            (Shape shape, long[] expected) = Scattered.Of(given.Input, sample, layer.Kernel, layer.Strides, crop, isDepthwise: true);
            LayerRun run = new(layer, 1, LayerRun.Integers(given.Input));
            Assert.Equal(shape, run.Shape);
            Assert.Equal(expected, run.Run(sample));
        },
        iter: 200);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 2, 2);
        LayerRun.Refuses("LayerInputMismatch", "of 2 channels", Plain, LayerRun.Integers(1, 2, 1));
    }
}
