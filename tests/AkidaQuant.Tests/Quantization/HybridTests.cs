using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Quantization;

/// <summary>Quantization that goes on behind layers in float, and the chain of Akida models that comes of it.</summary>
public sealed class HybridTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Graph Front => new Graph(8, 8, 1).Conv("conv", 3, 1, 4).ReLU("relu").Conv("c2", 3, 4, 4);

    /// <summary>Where floats stand in front of all kernels, the error says what leads on, and that works.</summary>
    [Fact]
    public void Floats_in_front_of_everything_have_a_way_out()
    {
        Model model = new Graph(8, 8, 1).Add(new Resizing { Name = "smaller", Height = 5, Width = 5 }).Conv("conv", 3, 1, 4)
            .ReLU("relu").Conv("c2", 3, 4, 4).Build();
        QuantizeOptions options = new() { Samples = RandomSamples.CreateFloats(model.InputShape, 16, 4, -1, 1) };
        QuantException error = Assert.Throws<QuantException>(() => Quantizer.Quantize(model, options));
        Assert.EndsWith(". With -Hybrid, what comes behind 'smaller' is quantized.", error.Message, StringComparison.Ordinal);
        Assert.Contains(Quantizer.Quantize(model, options with { Hybrid = true }).GraphLayers, layer => layer is QuantizedConv2D);

        Model without = new Graph(8, 8, 1).Add(new Softmax { Name = "all" }).Build();
        Assert.EndsWith(
            ".", Assert.Throws<QuantException>(() => Quantizer.Quantize(without, options)).Message, StringComparison.Ordinal);
    }

    /// <summary>Networks with layers in float in the middle, and how many times integers begin.</summary>
    public static TheoryData<string, int> Middles => new()
    {
        { "an activation", 2 },
        { "arithmetic", 2 },
        { "two of them", 3 },
        { "a softmax at the end", 2 },
        { "reshapes", 2 },
    };

    [Theory]
    [MemberData(nameof(Middles))]
    public void A_network_with_floats_in_the_middle_becomes_a_chain(string middle, int parts)
    {
        foreach (bool perTensor in new[] { false, true })
        {
            Model model = Network(middle);
            SampleSet samples = RandomSamples.CreateFloats(model.InputShape, 16, 4, -1, 1);
            Model quantized = Quantize(model, samples, perTensor);
            Assert.Equal(parts, quantized.GraphLayers.Count(layer => layer is InputQuantizer));
            Assert.IsType<QuantizedDense>(quantized["fc"].Layer);
            AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
            Assert.Equal(parts, akida.Parts.Count(part => part.Kind == "Integer"));
            Assert.All(akida.Tail.Where(part => part.Akida is not null), part => Assert.IsType<AkidaQuantizer>(part.Akida!.Layers[0]));
            Assert.All(
                akida.Tail.Skip(1).Zip(akida.Tail), pair => Assert.Equal(pair.Second.OutputShape.Size, pair.First.InputShape.Size));
            SampleSet others = RandomSamples.CreateFloats(model.InputShape, 21, 8, -1.5f, 1.5f);
            float[] expected = [.. Inference.Run(quantized, others, cancellation: Cancellation).SelectMany(batch => batch.Values)];
            foreach (int batchSize in new[] { 1, 8, 256 })
            {
                Assert.Equal(
                    expected, Emulator.Run(akida, others, batchSize, cancellation: Cancellation).SelectMany(batch => batch.Values));
            }

            AkidaModel read = (AkidaModel)ObjectBytes.Read(ObjectBytes.Write(akida));
            Assert.Equal(expected, Emulator.Run(read, others, cancellation: Cancellation).SelectMany(batch => batch.Values));
            Assert.Equal(akida.Macs, read.Macs);
            Outputs.AssertReadBack(quantized, ".h5");

            // The floats of the network are near, which they would not be with ranges of something else.
            float error = (float)quantized.Check!.RelativeError;
            Assert.True(error < 0.1, $"{middle}: {error}");
        }
    }

    [Fact]
    public void Without_the_switch_nothing_changes()
    {
        Model model = Network("an activation");
        SampleSet samples = RandomSamples.CreateFloats(model.InputShape, 16, 4, -1, 1);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = 4 });
        Assert.Single(quantized.GraphLayers.OfType<Dequantizer>());
        Assert.IsType<Dense>(quantized["fc"].Layer);
    }

    /// <summary>Where nothing stays in float in the middle, the switch means nothing.</summary>
    [Fact]
    public void Networks_that_quantize_whole_do_not_notice() => RandomNetwork.Any.Sample(
        network =>
        {
            SampleSet samples = network.Model.Input.Type is { } type
                ? RandomSamples.Create(network.Model.InputShape, 6, type, network.Seed)
                : RandomSamples.CreateFloats(network.Model.InputShape, 6, network.Seed, -1, 1);
            QuantizeOptions options = new() { Parameters = network.Parameters, Samples = samples, BatchSize = 3 };
            Model plain = Quantizer.Quantize(network.Model, options);
            Model hybrid = Quantizer.Quantize(network.Model, options with { Hybrid = true });
            if (!hybrid.Nodes.Any(node => node.Layer is InputQuantizer && node.Inputs[0] != hybrid.Input.Name))
            {
                Assert.Equal(ObjectBytes.Write(plain), ObjectBytes.Write(hybrid));
            }

            float[] whole = [.. Inference.Run(hybrid, samples, 3).SelectMany(batch => batch.Values)];
            Assert.All(whole, value => Assert.True(float.IsFinite(value)));
        },
        iter: 30);

    [Fact]
    public void Floats_that_only_shapes_follow_are_not_quantized_again()
    {
        Model model = Front.GlobalAverage("gap").Dense("fc", 4, 6).Add(new Softmax { Name = "softmax" })
            .Add(new Reshape { Name = "grid", TargetShape = new Shape(2, 3) }).Build();
        Model quantized = Quantize(model, RandomSamples.CreateFloats(model.InputShape, 16, 4, -1, 1), perTensor: true);
        Assert.Single(quantized.GraphLayers.OfType<InputQuantizer>());
        Assert.IsType<Reshape>(quantized["grid"].Layer);
    }

    /// <summary>A processor begins with a kernel, so that what stands in front of the next one stays in float.</summary>
    [Theory]
    [InlineData("pool")]
    [InlineData("average")]
    [InlineData("rectifier")]
    [InlineData("table")]
    public void Integers_begin_again_where_a_processor_can(string layer)
    {
        Graph graph = Front.Add(new Activation { Name = "squash", Function = "tanh" });
        graph = layer switch
        {
            "pool" => graph.MaxPool("first").Conv("c3", 1, 4, 4).GlobalAverage("gap"),
            "average" => graph.GlobalAverage("first"),
            "rectifier" => graph.ReLU("first").Conv("c3", 1, 4, 4).GlobalAverage("gap"),
            _ => graph.Add(new TableActivation { Name = "first", Function = "swish" }).Conv("c3", 1, 4, 4).GlobalAverage("gap"),
        };
        Model model = graph.Dense("fc", 4, 3).Build();
        SampleSet samples = RandomSamples.CreateFloats(model.InputShape, 16, 4, -1, 1);
        Model quantized = Quantize(model, samples, perTensor: true);
        Assert.Equal(["first"], quantized.Nodes.Where(node => node.Layer is InputQuantizer).Select(node => node.Inputs[0]).Except(["in"]));
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.Equal(["Integer", "Float", "Integer"], akida.Parts.Select(part => part.Kind));
        Assert.Equal(
            Inference.Run(quantized, samples, cancellation: Cancellation).SelectMany(batch => batch.Values),
            Emulator.Run(akida, samples, cancellation: Cancellation).SelectMany(batch => batch.Values));
    }

    [Fact]
    public void Tensors_that_go_past_the_floats_leave_integers_to_the_host_or_keep_layers_in_float()
    {
        // The product takes two tensors of integers, which come from one that a quantizer ends, and one tensor comes out of it.
        Model gated = Front.GlobalAverage("gap", keepDims: true).Conv("squeeze", 1, 4, 4)
            .Add(new Activation { Name = "gate", Function = "sigmoid" })
            .Add(new Multiply { Name = "product" }, "c2", "gate")
            .GlobalAverage("gap2").Dense("fc", 4, 3).Build();
        Model quantized = Quantize(gated, RandomSamples.CreateFloats(gated.InputShape, 16, 4, -1, 1), perTensor: true);
        Assert.Equal(2, quantized.GraphLayers.Count(layer => layer is InputQuantizer));
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.Equal(["Integer", "Host", "Integer"], akida.Parts.Select(part => part.Kind));

        // A sum of something in front of the floats and something behind them leaves no place to begin again.
        Model passed = Front.Add(new Activation { Name = "gate", Function = "sigmoid" }).Conv("c3", 1, 4, 4).Sum("sum", "c3", "c2").Build();
        Model kept = Quantize(passed, RandomSamples.CreateFloats(passed.InputShape, 16, 4, -1, 1), perTensor: true);
        Assert.IsType<Conv2D>(kept["c3"].Layer);
    }

    [Fact]
    public void A_network_that_begins_in_float_is_quantized_behind_and_split_to_convert()
    {
        Model model = new Graph(8, 8, 1).Add(new Activation { Name = "squash", Function = "tanh" }).Conv("conv", 3, 1, 4).ReLU("relu")
            .Build();
        SampleSet samples = RandomSamples.CreateFloats(model.InputShape, 16, 4, -2, 2);
        Model quantized = Quantize(model, samples, perTensor: false);
        Assert.Equal(["squash"], quantized.Nodes.Where(node => node.Layer is InputQuantizer).Select(node => node.Inputs[0]));
        QuantException error = Assert.Throws<QuantException>(() => AkidaConverter.Convert(quantized, AkidaVersion.V2));
        Assert.Equal("AkidaFloatFirst", error.Id);
        (Model first, Model second) = AkidaQuant.Transforms.ModelSplit.After(quantized, "squash");
        AkidaModel akida = AkidaConverter.Convert(second, AkidaVersion.V2);
        float[] between = [.. Inference.Run(first, samples).SelectMany(batch => batch.Values)];
        Assert.Equal(
            Inference.Run(quantized, samples).SelectMany(batch => batch.Values),
            Emulator.Run(akida, SampleSet.FromArray(between, second.InputShape)).SelectMany(batch => batch.Values));
    }

    [Fact]
    public void The_last_layer_to_quantize_ends_it()
    {
        Model model = Network("an activation");
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions
        {
            Samples = RandomSamples.CreateFloats(model.InputShape, 16, 4, -1, 1),
            Until = "relu",
            Hybrid = true,
        });
        Assert.Single(quantized.GraphLayers.OfType<InputQuantizer>());
        Assert.IsType<Conv2D>(quantized["c2"].Layer);
    }

    private static Model Network(string middle) => middle switch
    {
        "an activation" => Front.Add(new Activation { Name = "squash", Function = "tanh" }).Conv("c3", 3, 4, 4).ReLU("r3")
            .GlobalAverage("gap").Dense("fc", 4, 5).Build(),
        "arithmetic" => Front.Add(Operators.Call("minus", "math.subtract", ("y", 0.25)))
            .Add(Operators.Call("tanh", "math.tanh")).Conv("c3", 3, 4, 4).GlobalAverage("gap").Dense("fc", 4, 5).Build(),
        "two of them" => Front.Add(new Activation { Name = "squash", Function = "tanh" }).Conv("c3", 3, 4, 4)
            .Add(new Activation { Name = "gate", Function = "sigmoid" }).Conv("c4", 1, 4, 4).GlobalAverage("gap").Dense("fc", 4, 5).Build(),
        "a softmax at the end" => Front.Add(new Activation { Name = "squash", Function = "tanh" }).Conv("c3", 1, 4, 4)
            .GlobalAverage("gap").Dense("fc", 4, 5).Add(new Softmax { Name = "softmax" }).Build(),
        _ => Front.Add(new Softmax { Name = "softmax" }).Add(new Flatten { Name = "flat" }).Dense("fc", 64, 5).Build(),
    };

    private static Model Quantize(Model model, SampleSet samples, bool perTensor) => Quantizer.Quantize(model, new QuantizeOptions
    {
        Parameters = new QuantizationParams { InputType = IntegerType.Int8, PerTensorActivations = perTensor },
        Samples = samples,
        BatchSize = 4,
        Hybrid = true,
        Cancellation = Cancellation,
    });
}
