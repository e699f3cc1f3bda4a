using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>The ways in which images enter a network: floats or bytes, channels first or last, normalized by the network or not.</summary>
public sealed class OnnxInputTests
{
    private const int Height = 8;
    private const int Width = 6;
    private const int Channels = 3;
    private const int Count = 10;

    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    private readonly Random _random = new(7);

    [Fact]
    public void Bytes_with_channels_last_that_the_network_turns_are_a_typed_input()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(Height, Width, Channels), OnnxElementType.UInt8);
        x = graph.Node("Transpose", [graph.Node("Cast", [x], ("to", 1))], ("perm", new long[] { 0, 3, 1, 2 }));
        Model model = Check(graph, Network(graph, Normalized(graph, x)), new Shape(Height, Width, Channels));
        Assert.Equal(IntegerType.UInt8, model.Input.Type);
        Assert.False(model.Input.IsChannelsFirst);
    }

    [Fact]
    public void Bytes_with_channels_first_are_a_typed_input_too()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Cast", [graph.Input(new Shape(Channels, Height, Width), OnnxElementType.UInt8)], ("to", 1));
        Model model = Check(graph, Network(graph, Normalized(graph, x)), new Shape(Channels, Height, Width));
        Assert.True(model.Input.IsChannelsFirst);
    }

    [Fact]
    public void Floats_that_the_network_normalizes_are_quantized_with_its_offset_in_the_first_kernel()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(Channels, Height, Width));
        Check(graph, Network(graph, Normalized(graph, x)), new Shape(Channels, Height, Width));
    }

    [Fact]
    public void A_normalization_before_dense_layers_is_folded_into_the_first()
    {
        OnnxGraphBuilder graph = new();
        string x = Normalized(graph, graph.Input(new Shape(Channels, Height, Width), OnnxElementType.UInt8));
        string row = graph.Node("Flatten", [x]);
        Check(graph, graph.Node("Gemm", [row, Random(graph, Height * Width * Channels, 5)]), new Shape(Channels, Height, Width));
    }

    [Fact]
    public void Sizes_that_the_file_leaves_open_come_from_the_caller()
    {
        Shape sample = new(Channels, Height, Width);
        OnnxGraphBuilder graph = new();
        graph.Output(Network(graph, graph.Input(sample)));
        byte[] whole = graph.ToBytes();
        TensorShapeProto shape = graph.Graph.Input[0].Type.TensorType.Shape;
        shape.Dim[2] = new TensorShapeProto.Types.Dimension { DimParam = "height" };
        shape.Dim[3] = new TensorShapeProto.Types.Dimension();
        byte[] open = graph.ToBytes();
        graph.Graph.Input[0].Type.TensorType.Shape = null;
        byte[] none = graph.ToBytes();

        SampleSet samples = RandomSamples.CreateFloats(sample, Count, 1, -1, 1);
        float[] expected = Run(OnnxReader.Read("whole.onnx", whole), samples);
        Assert.All([whole, open, none], content => Assert.Equal(expected, Run(OnnxReader.Read("network.onnx", content, sample), samples)));
        Assert.Equal(
            new Shape(Height + 2, Width, Channels),
            OnnxReader.Read("open.onnx", open, new Shape(Channels, Height + 2, Width)).InputShape);
        foreach (Shape wrong in new Shape[] { new(Height, Width, Channels), new(Channels, Height), new(Channels + 1, Height, Width) })
        {
            Assert.Equal("InputShapeMismatch", Assert.Throws<QuantException>(() => OnnxReader.Read("open.onnx", open, wrong)).Id);
        }
    }

    /// <summary>What batch normalization does to samples is what a rescaling does.</summary>
    [Fact]
    public void A_batch_normalization_of_the_input_is_folded_into_the_first_kernel()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(Channels, Height, Width));
        x = graph.Node(
            "BatchNormalization",
            [
                x,
                graph.Floats(new Shape(Channels), [1, -2, 0.5f]),
                graph.Floats(new Shape(Channels), [0, 0.1f, -0.1f]),
                graph.Floats(new Shape(Channels), [0.5f, 0.4f, 0.6f]),
                graph.Floats(new Shape(Channels), [1, 2, 0.5f]),
            ]);
        Check(graph, Network(graph, x), new Shape(Channels, Height, Width));
    }

    [Fact]
    public void Integers_with_their_channels_last_make_the_input_typed_when_it_is_quantized()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(Network(graph, graph.Input(new Shape(Channels, Height, Width))));
        Model model = OnnxReader.Read("network.onnx", graph.ToBytes());
        byte[] values = Bytes(Count * Height * Width * Channels);
        SampleSet last = SampleSet.FromArray(values, new Shape(Height, Width, Channels));
        SampleSet first = last.WithLastAxisFirst();
        List<string> verbose = [];
        Model typed = Quantizer.Quantize(model, new QuantizeOptions { Samples = last, Verbose = verbose.Add });
        Assert.Equal(IntegerType.UInt8, typed.Input.Type);
        Assert.Contains(verbose, line => line.Contains("becomes uint8", StringComparison.Ordinal));
        Assert.IsType<AkidaInputConv2D>(AkidaConverter.Convert(typed, AkidaVersion.V2).Layers[0]);

        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = first, BatchSize = Count });
        Assert.Null(quantized.Input.Type);
        Assert.Contains(quantized.GraphLayers, layer => layer is InputQuantizer);
        Model signed = Quantizer.Quantize(
            model,
            new QuantizeOptions
            {
                Samples = last,
                Parameters = new QuantizationParams { InputType = IntegerType.Int8 },
            });
        Assert.Null(signed.Input.Type);
    }

    [Fact]
    public void Samples_in_either_order_give_the_same()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(Network(graph, graph.Input(new Shape(Channels, Height, Width))));
        Model model = OnnxReader.Read("network.onnx", graph.ToBytes());
        SampleSet first = SampleSet.FromArray(
            OnnxComparison.Random(_random, Count * Height * Width * Channels, -1, 1),
            new Shape(Channels, Height, Width));
        SampleSet last = first.WithFirstAxisLast();
        Assert.Equal(new Shape(Height, Width, Channels), last.SampleShape);
        Assert.Equal(first.Values(1)[1], last.Values(1)[Channels]);
        Assert.Equal(first.Values(1)[Height * Width], last.Values(1)[1]);
        Assert.Equal(first.Values(2), last.WithLastAxisFirst().Values(2));
        Assert.Equal(Run(model, first), Run(model, last));
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = first, BatchSize = Count });
        Model same = Quantizer.Quantize(model, new QuantizeOptions { Samples = last, BatchSize = Count });
        Assert.Equal(Run(quantized, first), Run(same, last));
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.Equal(new Shape(Channels, Height, Width), akida.InputShape);
        Assert.Equal(Run(quantized, first), Run(akida, first));
        Assert.Equal(Run(quantized, first), Run(akida, last));
        SampleSet other = SampleSet.FromArray(new float[Height * Width * Channels], new Shape(Width, Height, Channels));
        Assert.Equal("SampleShapeMismatch", Assert.Throws<QuantException>(() => Run(model, other)).Id);
        Assert.Equal("SampleShapeMismatch", Assert.Throws<QuantException>(() => Run(akida, other)).Id);
    }

    /// <summary>The network equals ONNX Runtime in float, and once quantized is integers only, on Akida too.</summary>
    private Model Check(OnnxGraphBuilder graph, string result, Shape sample)
    {
        graph.Output(result);
        Model model = OnnxReader.Read("network.onnx", graph.ToBytes());
        SampleSet samples = model.Input.Type is null
            ? SampleSet.FromArray(OnnxComparison.Random(_random, Count * sample.Size, 0, 1), sample)
            : SampleSet.FromArray(Bytes(Count * sample.Size), sample);
        float[] values = [.. Enumerable.Range(0, Count).SelectMany(samples.Values)];
        using OnnxOracle oracle = OnnxOracle.Open(graph.ToBytes());
        float[] expected = oracle.Run(values).Values;
        Assert.InRange(OnnxComparison.LargestDifference(expected, Run(model, samples)), 0, OnnxComparison.Tolerance);

        List<string> warnings = [];
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions
        {
            Samples = samples,
            BatchSize = Count,
            Parameters = new QuantizationParams { PerTensorActivations = true },
            Warning = warnings.Add,
        });
        Assert.Empty(warnings);
        float[] integers = Run(quantized, samples);
        Assert.InRange(OnnxComparison.LargestDifference(expected, integers), 0, 0.1f);
        if (quantized.GraphLayers.Any(layer => layer is QuantizedConv2D))
        {
            Assert.Equal(integers, Run(AkidaConverter.Convert(quantized, AkidaVersion.V2), samples));
        }

        return model;
    }

    private static string Normalized(OnnxGraphBuilder graph, string x)
    {
        x =
            graph.Model.Graph.Input[0].Type.TensorType.ElemType == (int)OnnxElementType.Float
                ? x
                : graph.Node("Div", [graph.Node("Cast", [x], ("to", 1)), graph.Scalar(255)]);
        x = graph.Node("Sub", [x, graph.Floats(new Shape(1, Channels, 1, 1), Mean)]);
        return graph.Node("Div", [x, graph.Floats(new Shape(Channels, 1, 1), Deviation)]);
    }

    private string Network(OnnxGraphBuilder graph, string x)
    {
        x = graph.Node(
            "Conv",
            [x, Random(graph, 8, Channels, 3, 3), Random(graph, 8)],
            ("pads", new long[] { 1, 1, 1, 1 }),
            ("strides", new long[] { 2, 2 }));
        x = graph.Node("Relu", [x]);
        x = graph.Node("Conv", [x, Random(graph, 6, 8, 3, 3)], ("pads", new long[] { 1, 1, 1, 1 }));
        x = graph.Node("GlobalAveragePool", [graph.Node("Relu", [x])]);
        return graph.Node("Gemm", [graph.Node("Flatten", [x]), Random(graph, 6, 4), Random(graph, 4)]);
    }

    private string Random(OnnxGraphBuilder graph, params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return graph.Floats(shape, OnnxComparison.Random(_random, shape.Size, -1, 1));
    }

    private byte[] Bytes(int count)
    {
        byte[] values = new byte[count];
        _random.NextBytes(values);
        return values;
    }

    private static float[] Run(Model model, SampleSet samples) => [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];

    private static float[] Run(AkidaModel model, SampleSet samples) => [.. Emulator.Run(model, samples).SelectMany(batch => batch.Values)];
}
