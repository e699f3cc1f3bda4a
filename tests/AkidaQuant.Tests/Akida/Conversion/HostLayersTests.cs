using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Formats.AkidaFiles;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Transforms;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Quantized layers on the host, where floats join integers of several places: results stay the same.</summary>
public sealed class HostLayersTests
{
    private static readonly Dictionary<string, (string Parts, string Last, Func<Graph, Graph> Network)> Gated = new()
    {
        ["convolutions at the end"] = ("Integer Host", "relu", graph => Gate(graph, "a_", "relu")),
        ["dense layers at the end"] = ("Integer Host", "relu", graph => graph
            .GlobalAverage("gap").Dense("squeeze", 4, 3).ReLU("middle").Dense("excite", 3, 4)
            .Add(new Activation { Name = "gate", Function = "sigmoid" })
            .Add(new Reshape { Name = "rows", TargetShape = new Shape(1, 1, 4) })
            .Add(new Multiply { Name = "product" }, "relu", "rows")),
        ["a softmax behind"] = ("Integer Host", "relu", graph =>
            Gate(graph, "a_", "relu").GlobalAverage("last").Add(new Softmax { Name = "softmax" })),
        ["in the middle"] = ("Integer Host Integer", "relu", graph =>
            Gate(graph, "a_", "relu").Conv("project", 1, 4, 4).ReLU("r2").GlobalAverage("last").Dense("fc", 4, 5)),
        ["two, and a softmax"] = ("Integer Host Integer Host", "relu", graph =>
            Gate(Gate(graph, "a_", "relu").Conv("project", 1, 4, 4).Add(Swish("wide")), "b_", "wide").GlobalAverage("last")
                .Add(new Softmax { Name = "softmax" })),

        // Sums of a rectifier that are not quantized before they divide cannot cross, so that quantizing again would lead nowhere.
        ["two, the second of sums"] = ("Integer Host", "relu", graph =>
            Gate(Gate(graph, "a_", "relu").Conv("project", 1, 4, 4).ReLU("r2"), "b_", "r2").GlobalAverage("last")
                .Add(new Softmax { Name = "softmax" })),
        ["one after the other"] = ("Integer Host Integer", "relu", graph =>
            Gate(Gate(graph, "a_", "relu"), "b_", "a_product").Conv("head", 3, 4, 3).ReLU("r2").GlobalAverage("last").Dense("fc", 3, 5)),

        // A gate right behind the product leaves no kernel between the two for a processor.
        ["a rectifier between two"] = ("Integer Host Integer", "relu", graph =>
            Gate(Gate(graph, "a_", "relu").ReLU("r2"), "b_", "r2").Conv("head", 1, 4, 3).ReLU("r3").GlobalAverage("last")
                .Dense("fc", 3, 5)),

        // MobileNetV3: the sum takes what is in front of the block, so that all of the block is the host's.
        ["a block with a sum"] = ("Integer Host Integer", "stem", graph =>
            Gate(graph.Conv("c0", 1, 4, 4).Add(Swish("stem")).Conv("expand", 1, 4, 4).Add(Swish("wide")), "a_", "wide")
                .Conv("project", 1, 4, 4).Sum("sum", "project", "stem")
                .Conv("head", 1, 4, 6).Add(Swish("end")).GlobalAverage("last").Dense("fc", 6, 5)),
        ["a block with a sum within"] = ("Integer Host Integer", "wide", graph =>
            Gate(graph.Conv("expand", 1, 4, 4).Add(Swish("wide")), "a_", "wide")
                .Conv("project", 1, 4, 4).ReLU("r2").Conv("inner", 1, 4, 4).Sum("sum", "inner", "r2").GlobalAverage("last")
                .Dense("fc", 4, 5)),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Gated.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_chain_gives_what_the_quantized_model_gives(string name)
    {
        foreach (bool perTensor in new[] { false, true })
        {
            foreach (bool isHybrid in new[] { false, true })
            {
                Model quantized = Quantized(name, perTensor, isHybrid);
                List<string> warnings = [];
                AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2, warnings.Add);
                Assert.Equal(isHybrid ? Gated[name].Parts : "Integer Host", string.Join(' ', akida.Parts.Select(part => part.Kind)));
                string said = warnings.First(warning => warning.StartsWith("The Akida model ends with", StringComparison.Ordinal));
                Assert.StartsWith($"The Akida model ends with '{Gated[name].Last}", said, StringComparison.Ordinal);
                Assert.All(
                    akida.Tail[0].Model!.Nodes.Where(node => node.Layer is QuantizedLayer),
                    node => Assert.Contains($"'{node.Name}'", said, StringComparison.Ordinal));
                Assert.All(akida.Parts, part => Assert.True(part.Bytes > 0));

                SampleSet samples = RandomSamples.CreateFloats(quantized.InputShape, 11, 8, -1.5f, 1.5f);
                float[] expected = Of(quantized, samples);
                Assert.Equal(expected, Of(akida, samples));
                Assert.Equal(expected, Of(akida, samples, 4));
                Assert.Equal(expected, Of((AkidaModel)ObjectBytes.Read(ObjectBytes.Write(akida)), samples));
                Assert.Equal(expected, Of(StoredModel.Through(akida), samples));
                Assert.True(expected.Distinct().Count() > 10);
            }
        }
    }

    /// <summary>Of Akida 1.0, too: what its host makes of its levels is what the second half of the network makes of them.</summary>
    [Fact]
    public void Version_1_hands_its_levels_on()
    {
        Model quantized = Conversion.Networks.Graph(
            "product",
            (Conversion.Networks.Image(), []),
            (Conversion.Networks.Conv("conv"), ["image"]),
            (Conversion.Networks.Relu4("relu"), ["conv"]),
            (Conversion.Networks.Conv("inner", channels: 2, bits: 4), ["relu"]),
            (new Dequantizer { Name = "first" }, ["relu"]),
            (new Dequantizer { Name = "second" }, ["inner"]),
            (new Multiply { Name = "product" }, ["first", "second"]));
        SampleSet samples = RandomSamples.Create(quantized.InputShape, 20, IntegerType.UInt8, 3);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V1);
        (Model first, Model second) = ModelSplit.After(quantized, "relu");
        float step = Of(first, samples).Where(value => value > 0).Min();
        float[] levels = Of(new AkidaModel("bare", AkidaVersion.V1, akida.Layers), samples);
        Assert.Equal(
            Of(second, SampleSet.FromArray(Array.ConvertAll(levels, level => level * step), second.InputShape)),
            Of(akida, samples));
    }

    /// <summary>Heads that nothing joins are for Repair-QuantModel, which makes one of them that a processor computes.</summary>
    [Fact]
    public void Heads_of_their_own_are_refused_as_before()
    {
        Model model = Start().Conv("left", 1, 4, 2, ["relu"]).Conv("right", 1, 4, 3, ["relu"]).Build("left", "right");
        Model quantized = Quantize(model, perTensor: true, isHybrid: false);
        Assert.Equal(
            "AkidaSeveralOutputs", Assert.Throws<QuantException>(() => AkidaConverter.Convert(quantized, AkidaVersion.V2)).Id);
    }

    /// <summary>A processor does not compute such layers, which judging a network says as before.</summary>
    [Fact]
    public void Judging_a_network_names_what_no_processor_computes() => Assert.Contains(
        Judgement.Of(Gated["in the middle"].Network(Start()).Build(), new RepairOptions()).Problems,
        problem => problem.Rule == "AkidaSeveralOutputs");

    [Fact]
    public void Networks_whose_integers_end_in_one_place_are_not_divided() => RandomNetwork.Any.Sample(
        network =>
        {
            SampleSet samples = network.Model.Input.Type is { } type
                ? RandomSamples.Create(network.Model.InputShape, 4, type, network.Seed)
                : RandomSamples.CreateFloats(network.Model.InputShape, 4, network.Seed, -1, 1);
            Model quantized = Quantizer.Quantize(
                network.Model, new QuantizeOptions { Parameters = network.Parameters, Samples = samples, BatchSize = 4 });
            if (quantized.GraphLayers.Count(layer => layer is Dequantizer) < 2)
            {
                Assert.Null(HostLayers.Of(new ConversionContext(quantized, AkidaVersion.V2, _ => { })));
            }
        },
        iter: 20);

    private static Graph Start() => new Graph(8, 8, 1).Conv("conv", 3, 1, 4).ReLU("relu");

    private static TableActivation Swish(string name) => new() { Name = name, Function = "hard_silu" };

    /// <summary>A squeeze-and-excitation of the tensor of 4 channels that was added last.</summary>
    private static Graph Gate(Graph graph, string prefix, string tensor) => graph
        .GlobalAverage($"{prefix}gap", keepDims: true)
        .Conv($"{prefix}squeeze", 1, 4, 3)
        .ReLU($"{prefix}middle")
        .Conv($"{prefix}excite", 1, 3, 4)
        .Add(new Activation { Name = $"{prefix}gate", Function = "sigmoid" })
        .Add(new Multiply { Name = $"{prefix}product" }, tensor, $"{prefix}gate");

    private static Model Quantized(string name, bool perTensor, bool isHybrid) =>
        Quantize(Gated[name].Network(Start()).Build(), perTensor, isHybrid);

    private static Model Quantize(Model model, bool perTensor, bool isHybrid) => Quantizer.Quantize(model, new QuantizeOptions
    {
        Parameters = new QuantizationParams { InputType = IntegerType.Int8, PerTensorActivations = perTensor },
        Samples = RandomSamples.CreateFloats(model.InputShape, 16, 4, -1, 1),
        BatchSize = 4,
        Hybrid = isHybrid,
        Cancellation = Cancellation,
    });

    private static float[] Of(Model model, SampleSet samples) =>
        [.. Inference.Run(model, samples, cancellation: Cancellation).SelectMany(batch => batch.Values)];

    private static float[] Of(AkidaModel model, SampleSet samples, int? batchSize = null) =>
        [.. Emulator.Run(model, samples, batchSize, cancellation: Cancellation).SelectMany(batch => batch.Values)];
}
