using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 4.2.</summary>
public sealed class PaddedConv2DTests
{
    private static Conv2D Plain => new()
    {
        Name = "layer",
        Filters = 1,
        Window = new ConvolutionWindow { KernelSize = (2, 2), Padding = Padding.Same },
        Kernel = Quantizing.Steps(3, 2, 2, 2, 1),
        Bias = NdArray<float>.Vector([.25f]),
    };

    [Fact]
    public void A_border_of_one_value_is_quantized_as_the_input()
    {
        PaddedConv2D layer = PaddedConv2D.From(
            Plain with
            {
                Window = Plain.Window with { KernelSize = (3, 3), Strides = (2, 2) },
                Kernel = Quantizing.Steps(4, 3, 3, 1, 1),
                UseBias = false,
            },
            [1]);
        LayerRun run = new(
            Quantizing.Of<QuantizedConv2D>(layer, bits: 4),
            1,
            LayerRun.Integers([2, 2, 1], 7, 2) with { Scales = ScalarOrVector<float>.Scalar(.1f) });
        Assert.Equal([504], run.Run([10, -4, 3, 7]));
        Assert.Equal([40], run.Recorded.Tensor("padding_value_quantizer/qweights")!.Values.Values);
        Assert.Equal([3], run.Recorded.Integers("padding_value_quantizer/shift")!.Values);
        Assert.Equal([-7, -5, -3, -2, 0, 2, 3, 5, 7], run.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal((2, 0.0057142861f), (run.Output.FracBits[0], run.Output.Scales!.Value[0]));
    }

    [Fact]
    public void A_border_may_have_a_value_for_each_channel()
    {
        QuantizedConv2D layer = Quantizing.Of<QuantizedConv2D>(PaddedConv2D.From(Plain, [1, -.5f]));
        LayerRun run = new(layer, 1, LayerRun.Integers([2, 2, 2], 8, 0) with { Scales = ScalarOrVector<float>.Scalar(.1f) });
        Assert.Equal([1367, 1519, 406, -134], run.Run([10, 1, -4, 2, 3, 3, 7, 4]));
        Assert.Equal([10, -5], run.Recorded.Tensor("padding_value_quantizer/qweights")!.Values.Values);
        Assert.Equal([792], run.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
        Assert.Equal(0.000314960635f, run.Output.Scales!.Value[0]);
    }

    [Fact]
    public void The_float_layer_sums_the_border_too()
    {
        PaddedConv2D layer = PaddedConv2D.From(
            Plain with { Kernel = Quantizing.Kernel([2, 2, 1, 1], 1, 10, 100, 1000), UseBias = false }, [.5f]);
        Assert.Equal(Padding.Valid, layer.Window.Padding);
        Assert.Equal([4321, 907, 593, 559], LayerRun.Of(layer, new Shape(2, 2, 1), 1, 2, 3, 4));
        Assert.Equal([4321, 402, 43, 4], LayerRun.Of(layer with { PaddingValue = [0] }, new Shape(2, 2, 1), 1, 2, 3, 4));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => Gen.Select(SpatialCase.Any, Gen.Float[-3, 3].Array[1, 2]).Sample(
        (given, border) =>
        {
            PaddedConv2D layer = PaddedConv2D.From(
                Plain with
                {
                    Filters = given.Filters,
                    Window = given.Window,
                    Kernel = given.Values(given.Window.KernelSize.Height, given.Window.KernelSize.Width, given.Channels, given.Filters),
                    Bias = given.Values(given.Filters),
                },
                border.Length == 1 ? border : [.. Enumerable.Range(0, given.Channels).Select(i => border[i % 2])]);
            QuantizedSpec input = given.Integers with
            {
                FracBits = ScalarOrVector<int>.Scalar(given.FracBits[0]),
                Scales = ScalarOrVector<float>.Scalar(.03f),
            };
            LayerOracle.AssertSame(Quantizing.Of<QuantizedConv2D>(layer, given.Bits), given.Seed, input);
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        string[] arrays = ["layer/kernel:0 (2, 2, 2, 1)", "layer/bias:0 (1,)"];
        PaddedConv2D layer = PaddedConv2D.From(Plain, [1, -.5f]);
        Assert.Equal([1, -.5f], StoredLayer.AssertReadBack(layer, arrays).PaddingValue!);
        Assert.Null(StoredLayer.AssertReadBack(layer with { PaddingValue = null }, arrays).PaddingValue);
        QuantizedConv2D quantized = Quantizing.Of<QuantizedConv2D>(layer);
        Assert.Equal([1, -.5f], StoredLayer.AssertReadBack(quantized, arrays).PaddingValue!);
        Assert.Equal([1, -.5f], Assert.IsType<PaddedConv2D>(quantized.ToFloat()).PaddingValue!);
    }

    [Fact]
    public void A_border_needs_scales_and_one_value_or_one_a_channel()
    {
        QuantizedSpec scaled = LayerRun.Integers(2, 2, 2) with { Scales = ScalarOrVector<float>.Scalar(.1f) };
        QuantizedConv2D layer = Quantizing.Of<QuantizedConv2D>(PaddedConv2D.From(Plain, [0]));
        LayerRun.Refuses("AlignmentNeedsScales", "padding_value_quantizer", layer, LayerRun.Integers(2, 2, 2));
        LayerRun.Refuses("LayerInputMismatch", "its padding_value has 3 values", layer with { PaddingValue = [1, 2, 3] }, scaled);
        StoredLayer.Refuses(
            "Custom>PaddedConv2D", "padding_value", "a list of numbers", ("filters", 1L), ("kernel_size", 1L), ("padding_value", "x"));
    }
}
