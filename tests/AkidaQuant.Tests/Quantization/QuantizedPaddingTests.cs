using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Quantization;

/// <summary>Quantization of convolutions that state their pads.</summary>
public sealed class QuantizedPaddingTests
{
    /// <summary>A kernel in a larger one of zeros under "same" padding is another way to say the same, to the last integer.</summary>
    [Fact]
    public void Stated_pads_give_the_integers_of_an_equal_same_padding() =>
        Gen.Select(
                Gen.Select(Gen.Int[5, 10], Gen.Int[5, 10]),
                Gen.OneOf(1, 3, 5),
                Gen.Int[1, 2],
                Gen.OneOf(IntegerType.UInt8, IntegerType.Int8),
                Gen.Bool,
                Gen.Bool)
            .Sample(
                (size, kernel, stride, type, perTensor, upper) =>
                {
                    ConvolutionWindow window = new()
                    {
                        KernelSize = (kernel, kernel),
                        Strides = (stride, stride),
                        Padding = upper ? Padding.SameUpper : Padding.Explicit,
                        Pads = new EdgePads(kernel / 2, kernel / 2, kernel / 2, kernel / 2),
                    };
                    Conv2D padded = Small.Convolution("conv", 2, 3, kernel) with { Window = window };
                    Shape input = new(size.Item1, size.Item2, 2);
                    ConvolutionGeometry geometry = window.Over(padded, input, 3);
                    int larger = Enumerable
                        .Range(kernel, 8)
                        .First(candidate => SpatialKernel.Place(geometry, (candidate, candidate)) is not null);
                    Layer same = SpatialKernel.Extend(padded, (larger, larger), SpatialKernel.Place(geometry, (larger, larger))!.Value);
                    SampleSet samples = Small.Samples(input, min: -0.3);
                    float[] expected = Run(same, out Model _);
                    Assert.Equal(expected, Run(padded, out Model quantized));
                    var convolution = (QuantizedConv2D)quantized["conv"].Layer;
                    Assert.Equal(window, convolution.Window);
                    Assert.Equal(type == IntegerType.UInt8 && window.PadsAnything, convolution.PaddingValue is not null);

                    float[] Run(Layer layer, out Model model)
                    {
                        Model network = Small.Chain(
                            Small.Input(null, [.. input]),
                            layer,
                            new ReLU { Name = "relu" },
                            Small.Convolution("last", 3, 2));
                        model = Quantizer.Quantize(
                            network,
                            new QuantizeOptions
                            {
                                Samples = samples,
                                BatchSize = samples.Count,
                                Parameters = new QuantizationParams { InputType = type, PerTensorActivations = perTensor },
                            });
                        return Small.Outputs(model, samples);
                    }
                },
                iter: 100);

    /// <summary>
    /// A border of a value of its own counts its "same" amounts without the dilation, which would make the image smaller.
    /// </summary>
    [Theory]
    [InlineData(IntegerType.UInt8, 2, 1)]
    [InlineData(IntegerType.UInt8, 3, 1)]
    [InlineData(IntegerType.UInt8, 2, 2)]
    [InlineData(IntegerType.Int8, 3, 1)]
    public void A_dilated_first_convolution_keeps_the_size_of_its_image(IntegerType type, int kernel, int stride)
    {
        ConvolutionWindow window = new()
        {
            KernelSize = (kernel, kernel),
            Strides = (stride, stride),
            Dilation = (2, 2),
            Padding = Padding.Same,
        };
        Model model = Small.Chain(
            Small.Input(null, 7, 6, 3),
            Small.Convolution("conv", 3, 4, kernel) with
            {
                Window = window,
            },
            new ReLU { Name = "relu" });
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(
            model,
            new QuantizeOptions
            {
                Samples = samples,
                BatchSize = samples.Count,
                Parameters = new QuantizationParams { InputType = type },
            });
        Assert.Equal(model.Plan.Output.Shape, quantized.Plan.Output.Shape);
        Assert.InRange(Small.Difference(model, quantized, samples), 0, 0.05);
    }

    [Theory]
    [InlineData(IntegerType.UInt8)]
    [InlineData(IntegerType.Int8)]
    public void A_network_of_PyTorch_is_quantized_near_to_what_it_computes(IntegerType type)
    {
        ConvolutionWindow window = new()
        {
            KernelSize = (3, 3),
            Strides = (2, 2),
            Padding = Padding.Explicit,
            Pads = new EdgePads(1, 1, 1, 1),
        };
        Model model = Small.Chain(
            Small.Input(null, 8, 8, 3),
            Small.Convolution("stem", 3, 4) with { Window = window },
            new ReLU { Name = "relu" },
            new MaxPooling2D { Name = "pool", Window = window with { Strides = (1, 1) } },
            Small.Convolution("conv", 4, 4) with { Window = window });
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(
            model,
            new QuantizeOptions
            {
                Samples = samples,
                BatchSize = samples.Count,
                Parameters = new QuantizationParams { InputType = type },
            });
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
        Assert.Equal(
            window,
            ((Conv2D)Quantizer.FloatSource(Model.Create("q", isSequential: false, quantized.Nodes, quantized.Outputs))["stem"].Layer).Window
        );
    }

    [Fact]
    public void An_offset_and_a_zero_point_go_to_the_border_together()
    {
        ConvolutionWindow window = new() { KernelSize = (3, 3), Strides = (2, 2), Padding = Padding.SameUpper };
        Model model = Small.Chain(
            Small.Input(null, 8, 8, 3),
            new Rescaling { Name = "rescale", Scale = [0.5], Offset = [0.25] },
            Small.Convolution("stem", 3, 4) with { Window = window });
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count });
        Assert.NotEqual(0f, ((QuantizedConv2D)quantized["stem"].Layer).PaddingValue![0]);
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
    }
}
