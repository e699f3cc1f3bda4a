using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Analysis;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Quantized;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Geometry;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Akida;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>What the rest of the pipeline makes of networks from quantized ONNX files.</summary>
public sealed class QuantizedNetworkTests : TemporaryFolder
{
    private static string Resnet => Repository.PathOf("tests/vectors/onnx/digits_resnet/quantized.onnx");

    [Fact]
    public void The_summary_counts_the_integers_of_every_layer()
    {
        ModelSummary summary = new(ModelReader.Read(Resnet));
        Assert.Equal(
            [
                "InputLayer",
                "IntegerInputQuantizer",
                "IntegerInputConv2D",
                "IntegerConv2D",
                "IntegerConv2D",
                "IntegerConv2D",
                "IntegerAdd",
                "IntegerConv2D",
                "IntegerConv2D",
                "IntegerDepthwiseConv2D",
                "IntegerConv2D",
                "IntegerAdd",
                "IntegerConv2D",
                "IntegerDense1D",
                "Dequantizer",
            ],
            summary.Rows.Select(row => row.Type));

        // Weights, bias, bounds, factors and shifts of 16 filters.
        Assert.Equal((16 * 9) + (4 * 16), summary.Rows[2].ParameterCount);
        Assert.Equal((10 * 32) + 10, summary.Rows[^2].ParameterCount);
        Assert.Contains("/stem/stem.0/Conv", summary.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_configuration_and_nothing_that_needs_the_float_network()
    {
        Model model = ModelReader.Read(Resnet);
        Assert.True(model.IsQuantized);
        Assert.Empty(Quantizer.Configuration(model));
        Assert.Equal("FloatSourceMissing", Assert.Throws<QuantException>(() => Quantizer.Quantize(model, new QuantizeOptions())).Id);
        Assert.Equal("FloatSourceMissing", Assert.Throws<QuantException>(() => Quantizer.FloatSource(model)).Id);
        Assert.Equal(
            "FloatSourceMissing",
            Assert.Throws<QuantException>(() => QuantErrorAnalysis.Run(model, null, new QuantErrorOptions())).Id);
        Assert.Equal("FloatSourceMissing", Assert.Throws<QuantException>(() => DistributionAnalysis.Run(model)).Id);
    }

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Keras_files_cannot_hold_it_and_none_is_written(string extension)
    {
        string path = PathOf($"model{extension}");
        QuantException error = Assert.Throws<QuantException>(() => ModelWriter.Write(ModelReader.Read(Resnet), path));
        Assert.Equal("LayerNotStorable", error.Id);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void It_does_not_convert_to_Akida_1() =>
        Assert.Equal(
            "AkidaV1Onnx",
            Assert.Throws<QuantException>(() => AkidaConverter.Convert(ModelReader.Read(Resnet), AkidaVersion.V1)).Id);

    [Fact]
    public void Akida_layers_have_the_parameters_of_the_specification()
    {
        AkidaModel model = AkidaConverter.Convert(ModelReader.Read(Resnet), AkidaVersion.V2);
        AkidaQuantizer quantizer = Assert.IsType<AkidaQuantizer>(model.Layers[0]);
        Assert.Equal(
            (new Shape(1, 28, 28), true, 8, false),
            (quantizer.InputShape, quantizer.ChannelsFirst, quantizer.OutputBits, quantizer.OutputSigned));
        AkidaInputConv2D first = Assert.IsType<AkidaInputConv2D>(model["/stem/stem.0/Conv"]);
        Assert.Equal(
            (Padding.SameUpper, 3, 2, ActivationType.ReLU, 8, 32),
            (first.Padding, first.KernelSize, first.KernelStride, first.Activation, first.OutputBits, first.BufferBits));
        AkidaAdd add = Assert.IsType<AkidaAdd>(model["/Add_1"]);
        Assert.Equal(["/b/b.0/Conv", "/c/c.3/Conv"], add.Inbounds);
        Assert.Equal([0, 0, 0, 2, 0, 1, 0, 0], add.Variables.Integers("a_shift")!.Values.Take(8));
        Assert.Equal([-2, -1, -2, -3, -1, -1, -2, -1], add.Variables.Integers("output_shift")!.Values.Take(8));
        Assert.Equal(
            (PoolType.Average, 32),
            (((AkidaConv2D)model["node_Conv_1"]).PoolType, ((AkidaDense1D)model["/head/Gemm"]).OutputBits));
        foreach (AkidaLayer layer in model.Layers.Where(layer => layer.Variables["bias"] is not null))
        {
            int[] values = layer.Variables.Integers("bias")!.Values;
            Assert.All(values, value => Assert.InRange(value, -128, 127));
        }
    }

    [Fact]
    public void A_network_whose_quantized_part_gives_two_tensors_runs_and_does_not_convert()
    {
        QuantizedGraph graph = new(1);
        string stem = graph.Convolution(
            graph.Input(new Shape(2, 4, 4), signed: true),
            3,
            QuantizedParts.Scaled | QuantizedParts.ReLU,
            1,
            1,
            [0, 0, 0, 0]);
        string left = graph.Convolution(stem, 3, QuantizedParts.Scaled, 1, 1, [0, 0, 0, 0]);
        NodeProto dequantizer = OnnxGraphBuilder.MakeNode(
            $"{QuantizedFunctions.Domain}:Dequantizer2",
            [stem, graph.Graph.Floats(new Shape(3), [1, 2, 3]), left, graph.Graph.Floats(new Shape(1), [4])],
            ["a", "b"]);
        graph.Graph.Graph.Node.Add(dequantizer);
        graph.Graph.Output(graph.Graph.Node("Add", ["a", "b"]));
        Model model = OnnxReader.Read("branch.onnx", graph.Graph.ToBytes());
        Assert.Equal(2, model.GraphLayers.Count(layer => layer is AkidaQuant.Layers.Dequantizer));
        Assert.NotEmpty(
            Inference.Run(
                model,
                SampleSet.FromArray(new float[32], new Shape(2, 4, 4)),
                cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("AkidaSeveralDequantizers", Assert.Throws<QuantException>(() => AkidaConverter.Convert(model, AkidaVersion.V2)).Id);
    }

    [Fact]
    public void Samples_are_divided_as_in_the_file_and_not_multiplied_by_a_reciprocal()
    {
        // With this scale the reciprocal moves a sample over the middle between two integers.
        const float scale = 0.003921568859368563f;
        float[] samples = [.. Enumerable.Range(0, 256).SelectMany(i => Neighbours((i + 0.5f) * scale))];
        Assert.Contains(samples, sample =>
            MathF.Round(sample / scale, MidpointRounding.ToEven) != MathF.Round(sample * (1 / scale), MidpointRounding.ToEven));
        OnnxGraphBuilder builder = new();
        string x = Node(
            builder,
            "InputQuantizer",
            [
                builder.Input(new Shape(samples.Length)),
                builder.Floats(new Shape(1), [scale]),
                builder.Integers(new Shape(1), [0], OnnxElementType.Int8),
            ],
            ("perm", new[] { 0, 1 }));
        string y = Node(
            builder,
            "QuantizedDense1D",
            [x, builder.Integers(new Shape(1, samples.Length), [.. Enumerable.Repeat(1L, samples.Length)], OnnxElementType.Int8)]);
        Model model = OnnxReader.Read(
            "ties.onnx",
            builder.Output(Node(builder, "Dequantizer", [y, builder.Floats(new Shape(1), [1])])).ToBytes());
        long expected = samples.Sum(sample => (long)Math.Clamp(MathF.Round(sample / scale, MidpointRounding.ToEven), -128, 127));
        SampleSet set = SampleSet.FromArray(samples, new Shape(samples.Length));
        Assert.Equal(expected, Inference.Run(model, set, cancellation: TestContext.Current.CancellationToken).Single().Values.Single());
        Assert.Equal(
            expected,
            Emulator
                .Run(AkidaConverter.Convert(model, AkidaVersion.V2), set, cancellation: TestContext.Current.CancellationToken)
                .Single()
                .Values.Single());
    }

    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(34)]
    public void Products_that_processors_would_saturate_are_given_wider_buffers(int shift)
    {
        const int inputs = 4000;
        OnnxGraphBuilder builder = new();
        string x = Node(
            builder,
            "InputQuantizer",
            [
                builder.Input(new Shape(inputs)),
                builder.Floats(new Shape(1), [1]),
                builder.Integers(new Shape(1), [0], OnnxElementType.Int8),
            ],
            ("perm", new[] { 0, 1 }));
        string y = Node(
            builder,
            "QuantizedDense1DScaled",
            [
                x,
                builder.Integers(new Shape(1, inputs), [.. Enumerable.Repeat(127L, inputs)], OnnxElementType.Int8),
                builder.Integers(new Shape(1, 1), [255], OnnxElementType.UInt8),
                builder.Floats(new Shape(1, 1), [MathF.ScaleB(1, shift)]),
            ]);
        Model model = OnnxReader.Read(
            "wide.onnx",
            builder.Output(Node(builder, "Dequantizer", [y, builder.Floats(new Shape(1), [1])])).ToBytes());
        List<string> warnings = [];
        AkidaModel akida = AkidaConverter.Convert(model, AkidaVersion.V2, warnings.Add);
        int[] levels = [-128, -100, -1, 0, 1, 50, 127];
        SampleSet samples = SampleSet.FromArray(
            levels.SelectMany(level => Enumerable.Repeat((float)level, inputs)).ToArray(),
            new Shape(inputs));
        float[] actual =
        [
            .. Inference.Run(model, samples, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values),
        ];
        Assert.Equal(
            Array.ConvertAll(levels, level =>
                (float)Math.Clamp(Math.Floor((level * 127L * inputs * 255 / Math.Pow(2, shift)) + 0.5), -128, 127)),
            actual);
        EmulatorComparison comparison = EmulatorComparison.Run(model, akida, samples);
        Assert.Equal((7L, 0L), (comparison.Potentials, comparison.DifferentPotentials));
        Assert.Equal(shift > 25 ? 1 : 0, warnings.Count(warning => warning.Contains("processors have 32", StringComparison.Ordinal)));
    }

    [Fact]
    public void Typed_samples_are_quantized_as_numbers()
    {
        Shape sample = new(3, 4, 5);
        QuantizedGraph graph = new(3);
        string image = graph.Graph.Input(sample, OnnxElementType.UInt8);
        string scale = graph.Graph.Floats(new Shape(3), [1, 1.5f, 0.75f]);
        string zero = graph.Graph.Integers(new Shape(3), [0, 30, 7], OnnxElementType.UInt8);
        string x = graph.Node(
            "InputQuantizer",
            QuantizedParts.None,
            3,
            [("X", image), ("scale", scale), ("zp", zero)],
            ("perm", new[] { 0, 1, 2, 3 }));
        graph.End(graph.InputConvolution(x, 3, 4, QuantizedParts.Biased | QuantizedParts.ReLU | QuantizedParts.Scaled, 3, 1, [1, 1, 1, 1]));
        float[] samples = [.. graph.Integers(2 * sample.Size, 0, 255).Select(value => (float)value)];
        using OnnxOracle oracle = OnnxOracle.Open(graph.Graph.ToBytes());
        OracleOutput expected = oracle.Run(samples);
        Model model = OnnxReader.Read("typed.onnx", graph.Graph.ToBytes());
        Assert.Equal(IntegerType.UInt8, model.Input.Type);
        float[] actual = OnnxComparison.Outputs(model, samples, sample);
        Assert.Equal(OnnxComparison.AsOurs(expected, model.Plan.Output.Shape), actual);
        EmulatorComparison comparison = EmulatorComparison.Run(
            model,
            AkidaConverter.Convert(model, AkidaVersion.V2),
            SampleSet.FromArray(Array.ConvertAll(samples, value => (byte)value), sample));
        Assert.Equal((2L * 4 * 4 * 5, 0L), (comparison.Potentials, comparison.DifferentPotentials));
    }

    [Fact]
    public void Another_meaning_of_a_function_is_refused()
    {
        ModelProto file = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Resnet));
        FunctionProto function = file.Functions.First(candidate => candidate.Name == "QuantizedAddScaled");
        function.Node.First(node => node.OpType == "Floor").OpType = "Ceil";
        QuantException error = Assert.Throws<QuantException>(() =>
            OnnxReader.Read(Resnet, Google.Protobuf.MessageExtensions.ToByteArray(file)));
        Assert.Equal(("QuantizedFunctionUnknown", "/Add"), (error.Id, error.Target));
    }

    private static IEnumerable<float> Neighbours(float value) => [MathF.BitDecrement(value), value, MathF.BitIncrement(value)];

    private static string Node(
        OnnxGraphBuilder graph,
        string type,
        IEnumerable<string> inputs,
        params (string Name, object? Value)[] attributes) =>
        graph.Node(
            $"{QuantizedFunctions.Domain}:{type}",
            inputs,
            [.. attributes, ("scale", OnnxTensors.Make(string.Empty, new Shape(1), new[] { 1.0 }, OnnxElementType.Double))]);
}
