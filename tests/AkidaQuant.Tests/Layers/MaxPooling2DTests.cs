using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 6.1.</summary>
public sealed class MaxPooling2DTests
{
    private static readonly MaxPooling2D Plain = new()
    {
        Name = "layer",
        Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2), Padding = Padding.Same },
    };

    [Fact]
    public void What_is_outside_never_wins()
    {
        LayerRun run = new(Quantizing.Of<QuantizedMaxPool2D>(Plain), 1, LayerRun.Integers([3, 3, 2], 7, 3, 4));
        Assert.Equal([5, -1, 6, -3, 8, -8, 9, -10], run.Run([1, -5, 2, -6, 3, -7, 4, -1, 5, -2, 6, -3, 7, -8, 8, -9, 9, -10]));
        Assert.Equal(ScalarOrVector<int>.Vector([3, 4]), run.Output.FracBits);
        Assert.Equal([-1], LayerRun.Of(Plain, new Shape(1, 1, 1), -1));
        Assert.Equal(
            [4],
            LayerRun.Of(
                Plain with { Window = Plain.Window with { Padding = Padding.Valid } }, new Shape(3, 3, 1), 1, 2, 9, 3, 4, 9, 9, 9, 9));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            Padding padding = given.Window.Padding == Padding.Explicit ? Padding.Same : given.Window.Padding;
            ConvolutionWindow window = given.Window with { Dilation = (1, 1), Padding = padding, Pads = default };
            LayerOracle.AssertSame(Quantizing.Of<QuantizedMaxPool2D>(Plain with { Window = window }), given.Seed, given.Integers);
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(Plain.Window, StoredLayer.AssertReadBack(Plain).Window);
        Assert.Equal(Plain.Window, StoredLayer.AssertReadBack(Quantizing.Of<QuantizedMaxPool2D>(Plain)).Window);
        Assert.Equal(Plain.Window, Assert.IsType<MaxPooling2D>(Quantizing.Of<QuantizedMaxPool2D>(Plain).ToFloat()).Window);
        Assert.Equal((2, 2), StoredLayer.Read<MaxPooling2D>("MaxPooling2D").Window.Strides);
        StoredLayer.Refuses("MaxPooling2D", "strides", "one or two positive integers", ("strides", StoredLayer.List(0L, 1L)));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedMaxPool2D quantized = Quantizing.Of<QuantizedMaxPool2D>(Plain);
        LayerRun.RefusesIntegers(Plain, 3, 3, 1);
        LayerRun.RefusesFloats(quantized, 3, 3, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", quantized, LayerRun.Integers(3, 3));
        ConvolutionWindow outside = Plain.Window with { Padding = Padding.Explicit, Pads = new EdgePads(0, 0, 0, 2) };
        LayerRun.Refuses("PoolOutsideImage", "pads [0, 0, 0, 2]", Plain with { Window = outside }, new FloatSpec(new Shape(4, 4, 1)));
        LayerRun.Refuses("PoolOutsideImage", "a window of 2x2", quantized with { Window = outside }, LayerRun.Integers(4, 4, 1));
        Assert.Equal(
            "ConfigKeyUnknown",
            Assert.Throws<QuantException>(() => Plain.Quantize(new QuantSettings { ["buffer_bitwidth"] = 8 }, Quantizing.Context)).Id);
    }
}
