using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Quantization;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Layers without a quantized form that become kernels which have one.</summary>
public sealed class ReplacementTests
{
    private static readonly double[] One = [0];

    public static TheoryData<IntegerType> InputTypes => [IntegerType.Int8, IntegerType.UInt8];

    /// <summary>A depthwise convolution takes up no scale of its input, and two layers none that differs between channels.</summary>
    [Theory]
    [MemberData(nameof(InputTypes))]
    public void Rescaling_before_a_depthwise_convolution_is_quantized(IntegerType type)
    {
        foreach (
            (double[] scale, double[] offset) in new[]
            {
                ([1 / 255.0], One),
                ([0.5], [-1]),
                ([0.5, 2, 1], One),
                (new[] { -0.5 }, new[] { 0.25, 0, 1 }),
            })
        {
            AssertComplete(new Graph(6, 5, 3).Rescale("s", scale, offset).Depthwise("d", 3, 3).ReLU("r").Conv("c", 1, 3, 4).Build(), type);
        }
    }

    [Theory]
    [MemberData(nameof(InputTypes))]
    public void Rescaling_of_rows_that_no_kernel_takes_up_is_quantized(IntegerType type) =>
        AssertComplete(
            new Graph(6)
                .Rescale("s", [0.5, 1, 2, 1, -1, 0.25], [1])
                .Dense("a", 6, 6)
                .Sum("t", "a", "s")
                .ReLU("r")
                .Rescale("u", [2], [0.5])
                .ReLU("v")
                .Dense("b", 6, 2)
                .Build(),
            type);

    /// <summary>Pools and rectifiers hand a scale on, and a table behind them takes none.</summary>
    [Fact]
    public void Rescaling_whose_scale_is_handed_on_is_quantized() => AssertComplete(
        new Graph(6, 6, 3).Rescale("s", [1 / 64.0], [0]).MaxPool("p").ReLU("r").Depthwise("d", 3, 3).Conv("c", 1, 3, 4).Build());

    /// <summary>The second one becomes a depthwise convolution, which takes no scale of the first.</summary>
    [Fact]
    public void Rescalings_with_a_pool_between_them_are_quantized() =>
        AssertComplete(
            new Graph(6, 6, 3)
                .Rescale("s", [1 / 64.0], [0])
                .MaxPool("p")
                .Rescale("t", [0.5, 2, 1], [0.25])
                .ReLU("r")
                .Conv("c", 1, 3, 4)
                .Build());

    /// <summary>A file can have any number of layers in a row, so none may take of the stack.</summary>
    [Fact]
    public void Very_many_layers_that_hand_a_scale_on_are_passed()
    {
        Graph graph = new Graph(2, 2, 1).Rescale("s", [0.5], [0]).Rescale("one", [1], [0]);
        for (int i = 0; i < 20_000; i++)
        {
            graph.ReLU($"r{i}");
        }

        Model model = graph.Depthwise("d", 1, 1).Build();
        const int stack = 1 << 18;
        Model? rewritten = null;
        Thread thread = new(() => rewritten = Outputs.Rewrite<ReplaceRescaling>(model), stack);
        thread.Start();
        thread.Join();
        Assert.IsType<Conv2D>(rewritten!["s"].Layer);
        Assert.IsType<Rescaling>(rewritten["one"].Layer);
    }

    [Fact]
    public void Rescaling_in_the_middle_of_images_is_depthwise()
    {
        Model model = new Graph(5, 5, 3).Conv("c", 3, 3, 4).ReLU("r").Rescale("s", [0.5, 1, 2, 1], [1]).MaxPool("p").Build();
        Model rewritten = Outputs.Rewrite<ReplaceRescaling>(model);
        Assert.IsType<DepthwiseConv2D>(rewritten["s"].Layer);
    }

    [Fact]
    public void Rescaling_that_a_kernel_takes_up_or_the_model_gives_stays()
    {
        Model taken = new Graph(5, 5, 3).Rescale("s", [0.5], [0]).Conv("c", 3, 3, 4).Build();
        Model given = new Graph(5, 5, 3).Conv("c", 3, 3, 3).Rescale("s", [0.5], [1]).Build();
        Model other = new Graph(5, 3).Rescale("s", [0.5], [1]).ReLU("r").Build();
        Assert.All([taken, given, other], model => Assert.Same(model, Outputs.Rewrite<ReplaceRescaling>(model)));
    }

    /// <summary>Integers are flattened without scales.</summary>
    [Fact]
    public void Rescaling_before_a_flattened_image_is_quantized()
    {
        AssertComplete(new Graph(4, 3, 2).Rescale("s", [1 / 255.0], [0]).Add(new Flatten { Name = "f" }).Dense("d", 24, 3).Build());
        AssertComplete(new Graph(4, 3, 2).Rescale("s", [0.5, 2], [1]).Add(new Flatten { Name = "f" }).Dense("d", 24, 3).Build());
    }

    [Theory]
    [InlineData(24)]
    [InlineData(4, 6)]
    public void Rescaling_before_what_becomes_an_image_is_quantized(params int[] input) =>
        AssertComplete(
            new Graph(input)
                .Rescale("s", [2], [-0.5])
                .Add(new Reshape { Name = "v", TargetShape = new Shape(4, 6, 1) })
                .Conv("c", 3, 1, 2)
                .ReLU("r")
                .Build());

    /// <summary>The last axis of the input is none of channels: one scale serves all values.</summary>
    [Fact]
    public void An_input_that_becomes_an_image_is_quantized_by_one_scale()
    {
        Model quantized = AssertComplete(
            new Graph(4, 6).Add(new Reshape { Name = "v", TargetShape = new Shape(4, 6, 1) }).Conv("c", 3, 1, 2).ReLU("r").Build());
        Assert.False(quantized.GraphLayers.OfType<InputQuantizer>().Single().PerAxis);
        quantized = AssertComplete(new Graph(4, 6, 2).MaxPool("p").Add(new TableActivation { Name = "t", Function = "swish" }).Build());
        Assert.False(quantized.GraphLayers.OfType<InputQuantizer>().Single().PerAxis);
        quantized = AssertComplete(new Graph(4, 6, 2).Conv("c", 3, 2, 2).Build());
        Assert.True(quantized.GraphLayers.OfType<InputQuantizer>().Single().PerAxis);
    }

    private static Model AssertComplete(Model model, IntegerType type = IntegerType.Int8)
    {
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(
            model,
            new QuantizeOptions
            {
                Samples = samples,
                BatchSize = 6,
                Parameters = new QuantizationParams { InputType = type },
            });
        Assert.All(quantized.GraphLayers, layer =>
            Assert.True(layer is QuantizedLayer or InputLayer or InputQuantizer or Dequantizer, layer.ClassName));
        Assert.InRange(Small.Difference(model, quantized, samples), 0, 0.1);
        return quantized;
    }
}
