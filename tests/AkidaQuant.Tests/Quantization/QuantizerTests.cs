using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

public class QuantizerTests
{
    private static readonly QuantizationParams Signed = new() { InputType = IntegerType.Int8 };

    [Theory]
    [InlineData("conv", "relu")]
    [InlineData("relu", "conv")]
    public void Per_axis_branches_of_any_kind_are_added_in_any_order(string left, string right)
    {
        Model model = Model.Create(
            "branches",
            isSequential: false,
            [
                new Node(Small.Input(null, 6, 6, 3), []),
                new Node(Small.Convolution("stem", 3, 4), ["input"]),
                new Node(new ReLU { Name = "relu" }, ["stem"]),
                new Node(Small.Convolution("conv", 4, 4), ["relu"]),
                new Node(new Add { Name = "sum" }, [left, right]),
            ],
            ["sum"]);
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count });
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
    }

    /// <summary>Heads of detectors end like this, and nothing behind asks for integers of one scale.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_last_reshape_that_moves_channels_is_quantized(bool hasRectifier, bool perTensor)
    {
        List<Layer> layers =
        [
            Small.Input(null, 6, 6, 3),
            Small.Convolution("head", 3, 4),
            new Reshape { Name = "boxes", TargetShape = new Shape(72, 2) },
        ];
        if (hasRectifier)
        {
            layers.Insert(2, new ReLU { Name = "relu" });
        }

        Model model = Small.Chain([.. layers]);
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(
            model,
            new QuantizeOptions
            {
                Samples = samples,
                BatchSize = samples.Count,
                Parameters = new QuantizationParams { PerTensorActivations = perTensor },
            });
        Assert.IsType<QuantizedReshape>(quantized["boxes"].Layer);
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
    }

    /// <summary>
    /// The last channel reaches eight times as far as the others, which one integer scale for all cannot hold at their precision.
    /// </summary>
    [Theory]
    [InlineData(8f, true)]
    [InlineData(1f, false)]
    public void A_flatten_that_saturates_channels_is_told(float factor, bool isTold)
    {
        Conv2D convolution = Small.Convolution("conv", 3, 2, kernel: 1, bias: false) with
        {
            Kernel = new NdArray<float>(new Shape(1, 1, 3, 2), [1, factor, 1, factor, 1, factor]),
        };
        Model model = Small.Chain(
            Small.Input(null, 4, 4, 3),
            convolution,
            new ReLU { Name = "relu" },
            new Flatten { Name = "row" },
            Small.Dense("dense", 32, 4));
        SampleSet samples = Small.Samples(model.InputShape);
        List<string> warnings = [];
        Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count, Warning = warnings.Add });
        Assert.Equal(isTold, warnings.Exists(warning => warning.Contains("layer 'row': it aligns channels", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Padding.Same, true)]
    [InlineData(Padding.Same, false)]
    [InlineData(Padding.Valid, false)]
    public void A_first_layer_that_is_also_the_last_takes_up_the_zero_point(Padding padding, bool bias)
    {
        Model model = Small.Chain(Small.Input(null, 6, 6, 2), Small.Convolution("only", 2, 3, bias: bias, padding: padding));
        SampleSet samples = Small.Samples(model.InputShape);
        QuantizeOptions options = new()
        {
            Samples = samples,
            Parameters = new QuantizationParams { LastOutputBits = 8, PerTensorActivations = true },
        };
        Model quantized = Quantizer.Quantize(model, options);
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
        Assert.Equal(padding == Padding.Same, ((QuantizedConv2D)quantized["only"].Layer).PaddingValue is not null);
    }

    [Fact]
    public void A_tensor_of_one_channel_keeps_its_quantization_when_it_is_reshaped()
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.Int8, 4, 5, 2), Small.Convolution("conv", 2, 1), new ReLU { Name = "relu" },
            Small.Convolution("next", 1, 1), new Reshape { Name = "rows", TargetShape = new Shape(4, 5) }, Small.Dense("dense", 5, 3));
        SampleSet samples = RandomSamples.Create(model.InputShape, 5, IntegerType.Int8, 1);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count });
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
    }

    [Theory]
    [InlineData(4, 2, 8)]
    [InlineData(2, 8, 4)]
    [InlineData(8, 8, 1)]
    [InlineData(1, 32, 2)]
    public void Equalization_across_a_reshape_in_float_never_changes_what_the_network_computes(int height, int width, int channels)
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.Int8, 4, 4, 2), Small.Convolution("conv", 2, 4), new ReLU { Name = "relu" },
            new Reshape { Name = "reshape", TargetShape = new Shape(height, width, channels) }, Small.Convolution("next", channels, 3));
        SampleSet samples = RandomSamples.Create(model.InputShape, 5, IntegerType.Int8, 1);
        QuantConfig config = new()
        {
            ["relu"] = new QuantSettings
            {
                ["output_quantizer"] = new QuantSettings { ["bitwidth"] = 8, ["axis"] = "per-axis" },
            },
        };
        Model quantized = Quantizer.Quantize(
            model,
            new QuantizeOptions
            {
                Samples = samples,
                BatchSize = samples.Count,
                Until = "relu",
                Config = config,
            });
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
    }

    [Fact]
    public void Quantization_may_stop_before_the_first_kernel_when_inputs_are_not_negative()
    {
        Model model = Small.Chain(
            Small.Input(null, 4, 4, 2),
            new Rescaling { Name = "rescale", Scale = [0.5] },
            Small.Convolution("conv", 2, 3));
        SampleSet samples = Small.Samples(model.InputShape, min: 0);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, Until = "rescale" });
        Assert.IsType<QuantizedRescaling>(quantized["rescale"].Layer);
        Assert.True(Small.Difference(model, quantized, samples) < 0.05);
        Expect("ZeroPointNotPossible", () =>
            Quantizer.Quantize(model, new QuantizeOptions { Samples = Small.Samples(model.InputShape), Until = "rescale" }));
    }

    [Theory]
    [InlineData(int.MaxValue, null)]
    [InlineData(null, int.MaxValue)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Batches_and_counts_beyond_the_samples_mean_all_of_them(int? batchSize, int? sampleCount)
    {
        Model model = Small.Chain(
            Small.Input(null, 4, 4, 2),
            Small.Convolution("conv", 2, 3),
            new ReLU { Name = "relu" },
            Small.Convolution("last", 3, 2));
        SampleSet samples = Small.Samples(model.InputShape);
        QuantizeOptions expected = new() { Samples = samples, BatchSize = batchSize is null ? 1 : samples.Count, Parameters = Signed };
        QuantizeOptions options = expected with { BatchSize = batchSize, SampleCount = sampleCount };
        Assert.Equal(
            Small.Outputs(Quantizer.Quantize(model, expected), samples),
            Small.Outputs(Quantizer.Quantize(model, options), samples));
    }

    [Fact]
    public void More_batches_than_can_be_counted_are_refused()
    {
        Model model = Small.Chain(Small.Input(null, 4, 4, 2), Small.Convolution("conv", 2, 3));
        Expect("ParameterOutOfRange", () => Quantizer.Quantize(
            model, new QuantizeOptions { Samples = Small.Samples(model.InputShape), Epochs = int.MaxValue, Parameters = Signed }));
    }

    [Fact]
    public void Weights_without_scales_on_an_input_with_scales_are_refused()
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.Int8, 4, 4, 2),
            new Rescaling { Name = "rescale", Scale = [0.1] },
            Small.Convolution("conv", 2, 3, bias: false));
        QuantConfig config = new()
        {
            ["conv"] = new QuantSettings
            {
                ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = 8, ["fp_quantizer"] = true },
            },
        };
        Expect("FixedPointWeightsOfScales", () =>
            Quantizer.Quantize(
                model,
                new QuantizeOptions { Samples = RandomSamples.Create(model.InputShape, 4, IntegerType.Int8, 1), Config = config }));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(64)]
    public void Buffers_that_64_bits_cannot_hold_are_refused(int bits) =>
        Expect("ConfigValueOutOfRange", () => new QuantConfig { ["relu"] = new QuantSettings { ["buffer_bitwidth"] = bits } });

    [Fact]
    public void Samples_of_more_values_than_an_array_holds_are_refused()
    {
        Model model = Small.Chain(Small.Input(null, 100_000, 100_000, 3), Small.Convolution("conv", 3, 3));
        Expect("TensorTooLarge", () => model.Plan);
    }

    [Fact]
    public void A_model_has_one_input_layer_and_an_output()
    {
        Expect("ModelGraphInvalid", () => Model.Create("none", isSequential: false, [], []));
        Expect("ModelGraphInvalid", () =>
            Model.Create("headless", isSequential: false, [new Node(Small.Dense("dense", 2, 2), [])], ["dense"]));
    }

    [Fact]
    public void Models_of_several_inputs_do_not_run()
    {
        Model model = Model.Create(
            "pair",
            isSequential: false,
            [
                new Node(Small.Input(null, 3), []),
                new Node(Small.Input(null, 3) with { Name = "other" }, []),
                new Node(new Add { Name = "sum" }, ["input", "other"]),
            ],
            ["sum"]);
        Expect("ModelSeveralInputs", () => model.Plan);
    }

    [Fact]
    public void Stopping_takes_effect_between_layers_of_one_batch()
    {
        Model model = Small.Chain(Small.Input(null, 4, 4, 2), Small.Convolution("conv", 2, 3));
        using CancellationTokenSource source = new();
        source.Cancel();
        PlanRunner runner = model.Plan.CreateRunner(1);
        Assert.Throws<OperationCanceledException>(() => runner.Run(1, source.Token));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    public void A_weight_quantizer_cannot_be_left_out(string value)
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.Int8, 4, 4, 2),
            new DepthwiseConv2D
            {
                Name = "dw",
                Window = new ConvolutionWindow { KernelSize = (3, 3) },
                Kernel = Small.Weights(3, 3, 2, 1),
                Bias = Small.Weights(2),
            });
        QuantConfig config = new() { ["dw"] = new QuantSettings { ["weight_quantizer"] = value == "null" ? null : false } };
        Expect("ConfigValueOutOfRange", () => Quantizer.Quantize(
            model, new QuantizeOptions { Samples = RandomSamples.Create(model.InputShape, 4, IntegerType.Int8, 1), Config = config }));
    }

    private static void Expect(string id, Func<object> action) => Assert.Equal(id, Assert.Throws<QuantException>(action).Id);
}
