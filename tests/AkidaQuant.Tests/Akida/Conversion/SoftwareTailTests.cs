using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>What runs in float behind the integers: Akida models give what the quantized models give, to the end.</summary>
public sealed class SoftwareTailTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Ends of networks that Akida has no layer for, behind a convolution of an 8x8 image with 4 filters.</summary>
    public static TheoryData<string> Ends => [.. Networks.Keys];

    private static Dictionary<string, Func<Graph, Graph>> Networks { get; } = new()
    {
        ["softmax"] = graph => graph.GlobalAverage("gap").Dense("fc", 4, 5).Add(new Softmax { Name = "softmax" }),
        ["sigmoid"] = graph => graph.Conv("head", 1, 4, 2).Add(new Activation { Name = "sigmoid", Function = "sigmoid" }),
        ["flatten"] = graph => graph.Conv("head", 1, 4, 3).Add(new Flatten { Name = "flatten" }),
        ["flatten of a ReLU"] = graph => graph.Add(new Flatten { Name = "flatten" }),
        ["reshape"] = graph => graph.Conv("head", 1, 4, 6).Add(new Reshape { Name = "grid", TargetShape = new Shape(8, 8, 2, 3) }),
        ["reshape of rows"] = graph => graph.Add(new Reshape { Name = "rows", TargetShape = new Shape(64, 4) }),
        ["permute"] = graph => graph.Conv("head", 1, 4, 3).Add(new Permute { Name = "first", Dims = [3, 1, 2] }),
        ["permute of rows"] = graph => graph.Add(new Permute { Name = "turn", Dims = [2, 1, 3] }),
        ["several"] = graph => graph
            .Add(new Permute { Name = "turn", Dims = [2, 1, 3] })
            .Add(new Flatten { Name = "flatten" })
            .Add(new Reshape { Name = "pairs", TargetShape = new Shape(128, 2) })
            .Add(new Softmax { Name = "softmax" }),
        ["boxes"] = graph => graph
            .Conv("head", 1, 4, 6)
            .Add(new Reshape { Name = "grid", TargetShape = new Shape(64, 6) })
            .Add(new Activation { Name = "squash", Function = "sigmoid" })
            .Add(Operators.Call("twice", "math.multiply", ("y", 2.0)))
            .Add(Operators.Call("less", "math.subtract", ("y", 0.5))),
        ["gates"] = graph => graph
            .GlobalAverage("gap", keepDims: true)
            .Conv("squeeze", 1, 4, 4)
            .Add(new Activation { Name = "gate", Function = "sigmoid" })
            .Add(new Multiply { Name = "product" }, "gate", "gate"),
        ["a turned image"] = graph => graph
            .Conv("head", 3, 4, 2)
            .Add(Operators.Call("turn", "reverse", ("axis", new List<object?> { 1L, 2L }))),
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void The_emulator_gives_what_the_quantized_model_gives(string end)
    {
        foreach (bool perTensor in new[] { false, true })
        {
            (Model quantized, SampleSet samples) = Quantized(end, perTensor);
            AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
            Assert.Null(Assert.Single(akida.Tail).Akida);
            Assert.IsType<AkidaDequantizer>(akida.Layers[^1]);
            Assert.Equal(quantized.Plan.Output.Shape, akida.OutputShape);
            float[] expected = Of(quantized, samples);
            foreach (int batchSize in new[] { 1, 5, 256 })
            {
                Assert.Equal(expected, Of(akida, samples, batchSize));
            }

            Assert.Equal(expected, Of(akida, samples, threads: 1));
            Assert.Equal(expected, Of((AkidaModel)ObjectBytes.Read(ObjectBytes.Write(akida)), samples));
        }
    }

    /// <summary>The reference aligns channels in front of a Flatten and saturates them, which floats behind integers must do too.</summary>
    [Fact]
    public void A_flatten_that_saturates_channels_does_so_behind_the_integers()
    {
        Model quantized = Conversion.Networks.Chain(
            Conversion.Networks.Image(),
            Conversion.Networks.Conv("conv"),
            new QuantizedReLU
            {
                Name = "relu",
                Settings = [],
                OutputQuantizer = new OutputQuantizer { PerAxis = true, RangeMax = NdArray<float>.Vector([200f, 20f]) },
            },
            new QuantizedFlatten { Name = "flatten" },
            new Dequantizer { Name = "floats" });
        SampleSet samples = RandomSamples.Create(quantized.InputShape, 20, IntegerType.UInt8, 3);
        float[] expected = Of(quantized, samples);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.Equal(["floats", "flatten/clip", "flatten"], akida.Tail[0].Model!.Nodes.Select(node => node.Name));
        Assert.Equal(expected, Of(akida, samples));

        // Without the bounds the first channel would be greater.
        float[] open = [.. Of(new AkidaModel("open", AkidaVersion.V2, akida.Layers), samples)];
        Assert.Contains(open.Zip(expected), pair => pair.First > pair.Second);
    }

    [Fact]
    public void Shapes_of_dimensions_of_1_stay_with_the_integers()
    {
        Model model = Quantize(new Graph(8, 8, 1).Conv("conv", 3, 1, 4).ReLU("relu").GlobalAverage("gap").Dense("fc", 4, 5)
            .Add(new Reshape { Name = "rows", TargetShape = new Shape(1, 5) }).Build());
        AkidaModel akida = AkidaConverter.Convert(model, AkidaVersion.V2);
        Assert.Empty(akida.Tail);
        Assert.Equal(new Shape(1, 1, 5), akida.OutputShape);
    }

    [Fact]
    public void Parts_and_the_summary_name_what_runs_where()
    {
        List<string> warnings = [];
        Model quantized = VectorCase.Open("fused_activations_softmax_head").ReadModel("quantized.h5");
        List<string> said = [];
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2, warnings.Add, said.Add);
        Assert.Equal(
            akida.Parts.Select(part => $"Part {part}, {part.Bytes} bytes of float32 a sample."), said.TakeLast(akida.Parts.Count));
        string warning = Assert.Single(warnings);
        Assert.StartsWith("The layers after 'c1/dequantizer' compute in float, which a chip does not: ", warning, StringComparison.Ordinal);
        Assert.EndsWith("They run behind the Akida model as its software tail.", warning, StringComparison.Ordinal);
        Assert.Equal(["Integer", "Float"], akida.Parts.Select(part => part.Kind));
        Assert.Equal([akida.Name, $"{akida.Name}_tail"], akida.Parts.Select(part => part.Name));
        Assert.All(akida.Parts, part => Assert.Equal(akida.Name, part.Model));
        Assert.Equal([akida.Plan.Output.Shape.Size * 4, akida.OutputShape.Size * 4], akida.Parts.Select(part => part.Bytes));
        Assert.Equal(akida.Parts[0].OutputShape, akida.Parts[1].InputShape);
        Assert.Equal(quantized.Plan.Output.Shape.ToString(), akida.Parts[1].OutputShape);
        Assert.Equal(
            quantized.Nodes.Select(node => node.Name).SkipWhile(name => name != "c1/dequantizer").Skip(1),
            akida.Tail[0].Model!.Nodes.Select(node => node.Name).Skip(1));

        AkidaSummary summary = new(akida);
        string text = summary.ToString();
        Assert.Contains("\n\nSoftware tail: ", text, StringComparison.Ordinal);
        Assert.Contains("'fc1_activ' (Activation)", text, StringComparison.Ordinal);
        string bare = new AkidaSummary(new AkidaModel(akida.Name, AkidaVersion.V2, akida.Layers)).ToString();
        Assert.StartsWith(bare, text, StringComparison.Ordinal);
        Assert.DoesNotContain("tail", bare, StringComparison.Ordinal);
    }

    [Fact]
    public void Potentials_are_the_integers_in_front_of_the_tail()
    {
        (Model quantized, SampleSet samples) = Quantized("boxes", perTensor: true);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        AkidaModel bare = new(akida.Name, AkidaVersion.V2, akida.Layers);
        Assert.Equal(
            Emulator.RunPotentials(bare, samples, cancellation: Cancellation).SelectMany(batch => batch.Values),
            Emulator.RunPotentials(akida, samples, cancellation: Cancellation).SelectMany(batch => batch.Values));
        Assert.Equal(bare.Macs, akida.Macs);
    }

    /// <summary>Akida 1.0 gives sums, or levels where the last layer has an activation.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Version_1_has_its_tail_too(bool hasActivation)
    {
        Layer[] layers =
        [
            Conversion.Networks.Image(),
            Conversion.Networks.Conv("conv"),
            Conversion.Networks.Relu4("relu"),
            Conversion.Networks.Conv("last", channels: 2, bits: 4),
            .. hasActivation ? [Conversion.Networks.Relu4("levels")] : Array.Empty<Layer>(),
            new Dequantizer { Name = "floats" },
            new Activation { Name = "squash", Function = "tanh" },
        ];
        Model quantized = Conversion.Networks.Chain(layers);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V1);
        SampleSet samples = RandomSamples.Create(quantized.InputShape, 30, IntegerType.UInt8, 5);
        float[] floats = Of(new AkidaModel("bare", AkidaVersion.V1, akida.Layers), samples);
        double scale = hasActivation ? Of(Conversion.Networks.Chain(layers[..^1]), samples).Where(value => value > 0).Min() : 1;
        Assert.Equal(
            floats.Select(value => MathF.Tanh((float)(value * scale))),
            Of(akida, samples),
            (left, right) => MathF.Abs(left - right) < 1e-6);
        Assert.Equal(
            hasActivation ? ["floats", "floats/scale", "squash"] : ["floats", "squash"],
            akida.Tail[0].Model!.Nodes.Select(node => node.Name));
    }

    /// <summary>A batch of a model that keeps state is one time step of its parallel streams, also where its tail alone does.</summary>
    [Fact]
    public void A_tail_that_keeps_state_sees_the_steps_of_its_streams_in_order()
    {
        Model quantized = Quantize(new Graph(4, 4, 2)
            .Conv("conv", 3, 2, 3)
            .ReLU("relu")
            .Add(new Activation { Name = "squash", Function = "tanh" })
            .Add(new DepthwiseBufferTempConv { Name = "frames", KernelSize = 3, Kernel = new Graph(1).Values(3, 3), UseBias = false })
            .Build());
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.True(akida.IsStateful);
        Assert.False(akida.Plan.IsStateful);
        SampleSet samples = RandomSamples.CreateFloats(quantized.InputShape, 12, 2, -1, 1);
        Assert.Equal(Of(quantized, samples), Of(akida, samples));
        Assert.Equal(Of(quantized, samples, 4), Of(akida, samples, 4));
        Assert.NotEqual(Of(akida, samples, 4), Of(akida, samples));
        Assert.Equal("StreamLengthsDiffer", Assert.Throws<QuantException>(() => Of(akida, samples, 5)).Id);
    }

    [Fact]
    public void Floats_that_take_the_input_too_are_left_to_the_caller()
    {
        Model quantized = Conversion.Networks.Graph(
            "product",
            (new InputLayer { Name = "image", Shape = new Shape(8, 8, 1) }, []),
            (new InputQuantizer { Name = "quantizer" }, ["image"]),
            (Conversion.Networks.Conv("conv"), ["quantizer"]),
            (new Dequantizer { Name = "floats" }, ["conv"]),
            (new Multiply { Name = "product" }, ["floats", "image"]));
        List<string> warnings = [];
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2, warnings.Add);
        Assert.Empty(akida.Tail);
        Assert.Contains("because they take the output of 'image' too", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_run_stops()
    {
        (Model quantized, SampleSet samples) = Quantized("softmax", perTensor: true);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        using CancellationTokenSource stop = new();
        using IEnumerator<AkidaQuant.Execution.OutputBatch> batches =
            Emulator.Run(akida, samples, 4, cancellation: stop.Token).GetEnumerator();
        Assert.True(batches.MoveNext());
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => batches.MoveNext());
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        (Model quantized, SampleSet samples) = Quantized("softmax", perTensor: true);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Model other = new Graph(7).Add(new Softmax { Name = "softmax" }).Build();
        AkidaModel wrong = new("wrong", AkidaVersion.V2, akida.Layers) { Tail = [new AkidaTailPart(other)] };
        Assert.Equal("AkidaTailMismatch", Assert.Throws<QuantException>(() => Of(wrong, samples)).Id);
        Model typed = Conversion.Networks.Chain(Conversion.Networks.Image(), Conversion.Networks.Conv("conv"));
        Assert.Equal("AkidaTailInvalid", Assert.Throws<QuantException>(() => new AkidaTailPart(typed)).Id);
        Assert.Equal("AkidaTailInvalid", Assert.Throws<QuantException>(() => new AkidaTailPart(akida)).Id);
        Assert.Equal(
            "AkidaTailInvalid",
            Assert.Throws<QuantException>(() => new AkidaTailPart(new Graph(Shape.Unknown, 2).Add(new Softmax { Name = "s" }).Build())).Id);
    }

    /// <summary>The head of a detector: a convolution whose filters are boxes of a grid.</summary>
    [Fact]
    public void A_detector_converts_and_runs_to_its_end()
    {
        string path = Repository.PathOf("tests/vectors/public/keras/43_yolo_reshape");
        SampleSet samples = SampleReader.Read($"{path}.samples.npy");
        Model quantized = Quantizer.Quantize(
            ModelReader.Read($"{path}.h5"), new QuantizeOptions { Samples = samples, Cancellation = Cancellation });
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.Equal(quantized.Plan.Output.Shape, akida.OutputShape);
        Assert.Equal(Of(quantized, samples), Of(akida, samples));
    }

    private static (Model Quantized, SampleSet Samples) Quantized(string end, bool perTensor)
    {
        Model model = Networks[end](new Graph(8, 8, 1).Conv("conv", 3, 1, 4, with: layer => layer with
        {
            Window = Graph.Window(3, padding: AkidaQuant.Geometry.Padding.Same),
        }).ReLU("relu")).Build();
        Model quantized = Quantize(model, perTensor);
        return (quantized, RandomSamples.CreateFloats(quantized.InputShape, 12, 9, -2, 2));
    }

    private static Model Quantize(Model model, bool perTensor = true) => Quantizer.Quantize(model, new QuantizeOptions
    {
        Parameters = new QuantizationParams { PerTensorActivations = perTensor, InputType = IntegerType.Int8 },
        Samples = RandomSamples.CreateFloats(model.InputShape, 16, 1, -1, 1),
        BatchSize = 4,
        Cancellation = Cancellation,
    });

    private static float[] Of(Model model, SampleSet samples, int? batchSize = null) =>
        [.. Inference.Run(model, samples, batchSize, cancellation: Cancellation).SelectMany(batch => batch.Values)];

    private static float[] Of(AkidaModel model, SampleSet samples, int? batchSize = null, int? threads = null) =>
        [.. Emulator.Run(model, samples, batchSize, threads, cancellation: Cancellation).SelectMany(batch => batch.Values)];
}
