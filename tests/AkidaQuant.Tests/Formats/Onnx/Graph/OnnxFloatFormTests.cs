using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using Google.Protobuf;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>
/// Networks that another tool quantized are the float networks that they stand for: equal to ONNX Runtime of the float network with the
/// dequantized weights, and near it on the file itself.
/// </summary>
public sealed class OnnxFloatFormTests(ITestOutputHelper output)
{
    private static readonly Shape Image = new(2, 5, 5);

    private readonly OnnxGraphBuilder _graph = new();
    private readonly OnnxGraphBuilder _plain = new();

    /// <summary>The layers are those of the float network, and the ranges those of the quantizers.</summary>
    [Fact]
    public void Random_networks_with_pairs_are_their_float_networks() => OnnxCases.Check(
        output,
        1,
        test =>
        {
            string last = OnnxNetworkBuilder.Build(test);
            OnnxGraphBuilder network = new(test.Graph.Opset);
            network.Graph.MergeFrom(test.Graph.Graph);
            network.Output(last);
            (OnnxGraphBuilder quantized, OnnxGraphBuilder plain, var ranges) = OnnxQdqWriter.Write(network, (int)test.Seed);
            Model actual = OnnxReader.Read("network.onnx", quantized.ToBytes());
            Model expected = OnnxReader.Read("network.onnx", plain.ToBytes());
            Assert.Equal(expected.Nodes.Select(node => node.ToString()), actual.Nodes.Select(node => node.ToString()));
            float[] samples = OnnxComparison.Random(new Random(1), 2 * test.Sample.Size);
            Assert.Equal(
                OnnxComparison.Outputs(expected, samples, test.Sample), OnnxComparison.Outputs(actual, samples, test.Sample));
            foreach ((string layer, TensorRange range) in actual.Ranges)
            {
                Assert.Contains(ranges.Values, own => own.Least >= range.Least && own.Greatest <= range.Greatest);
                Assert.NotNull(actual.Find(layer));
            }

            Assert.True(actual.Ranges.Count > 0 || ranges.Count == 0 || expected.Nodes.Count < 3);

            // The plain network is compared with ONNX Runtime.
            string end = plain.Graph.Output[0].Name;
            plain.Graph.Output.Clear();
            test.Graph.Model.Graph = plain.Graph;
            return end;
        },
        count: 100);

    [Fact]
    public void QLinearConv_with_scales_a_filter_and_a_bias()
    {
        string x = Quantized("image", Image, 0.01f, 128);
        (string w, string ws, string wz) = Integers(new Shape(3, 2, 3, 3), [0.01f, 0.02f, 0.005f], [0, 0, 0], OnnxElementType.Int8);
        string bias = _graph.Integers(new Shape(3), [1000, -2000, 500], OnnxElementType.Int32);
        string y = _graph.Node("QLinearConv", [x, "s", "z", w, ws, wz, Scale(0.02f), Zero(100), bias], ("pads", new[] { 1, 1, 1, 1 }));
        _graph.Output(_graph.Node("DequantizeLinear", [y, Scale(0.02f), Zero(100)]));
        float[] biases = [1000 * (0.01f * 0.01f), -2000 * (0.01f * 0.02f), 500 * (0.01f * 0.005f)];
        _plain.Output(_plain.Node("Conv", ["image", Plain(w), _plain.Floats(new Shape(3), biases)], ("pads", new[] { 1, 1, 1, 1 })));
        Model model = Check(Image, 0.05f);
        Assert.Equal(new TensorRange(0.02f * -100, 0.02f * 155), model.Ranges[$"/{y}"]);
        Assert.Equal(new TensorRange(0.01f * -128, 0.01f * 127), model.Ranges["image"]);
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Mul")]
    public void QLinear_operators_of_two_tensors_and_of_constants(string type)
    {
        string x = Quantized("image", Image, 0.01f, 128);
        string both = _graph.Node($"com.microsoft:QLinear{type}", [x, "s", "z", x, "s", "z", Scale(0.02f), Zero(128)]);
        string c = _graph.Integers(new Shape(2, 1, 1), [10, 200], OnnxElementType.UInt8);
        string last = _graph.Node(
            $"com.microsoft:QLinear{type}", [both, Scale(0.02f), Zero(128), c, Scale(0.03f), Zero(100), Scale(0.1f), Zero(128)]);
        _graph.Output(_graph.Node("DequantizeLinear", [last, Scale(0.1f), Zero(128)]));
        string plain = _plain.Node(type, ["image", "image"]);
        _plain.Output(_plain.Node(type, [plain, _plain.Floats(new Shape(2, 1, 1), [-90 * 0.03f, 100 * 0.03f])]));
        Check(Image, 0.2f);
    }

    [Theory]
    [InlineData("GlobalAveragePool", 0.01f)]
    [InlineData("AveragePool", 0.01f)]
    [InlineData("LeakyRelu", 0.01f)]
    [InlineData("Sigmoid", 0.01f)]
    public void QLinear_operators_of_one_tensor(string type, float scale)
    {
        string x = Quantized("image", Image, 0.01f, 128);
        (string, object?)[] attributes = type switch
        {
            "AveragePool" => [("kernel_shape", new[] { 2, 2 })],
            "LeakyRelu" => [("alpha", 0.1f)],
            _ => [],
        };
        string y = _graph.Node($"com.microsoft:QLinear{type}", [x, "s", "z", Scale(scale), Zero(90)], attributes);
        _graph.Output(_graph.Node("DequantizeLinear", [y, Scale(scale), Zero(90)]));
        _plain.Output(_plain.Node(type, ["image"], attributes));
        Check(Image, 2 * scale);
    }

    [Fact]
    public void QLinearConcat_and_the_pools_between_integers()
    {
        string x = Quantized("image", Image, 0.01f, 128);
        string pooled = _graph.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 2 }));
        string all = _graph.Node(
            "com.microsoft:QLinearConcat", [Scale(0.02f), Zero(128), pooled, "s", "z", pooled, "s", "z"], ("axis", 1));
        _graph.Output(_graph.Node("DequantizeLinear", [all, Scale(0.02f), Zero(128)]));
        string plain = _plain.Node("MaxPool", ["image"], ("kernel_shape", new[] { 2, 2 }));
        _plain.Output(_plain.Node("Concat", [plain, plain], ("axis", 1)));
        Check(Image, 0.03f);
    }

    [Fact]
    public void QLinearMatMul_and_QGemm()
    {
        Shape row = new(4);
        string x = Quantized("image", row, 0.01f, 128);
        (string w, string ws, string wz) = Integers(new Shape(4, 3), [0.02f], [130], OnnxElementType.UInt8);
        string hidden = _graph.Node("QLinearMatMul", [x, "s", "z", w, ws, wz, Scale(0.03f), Zero(120)]);
        (string v, string vs, string vz) = Integers(
            new Shape(5, 3), [0.01f, 0.02f, 0.03f, 0.04f, 0.05f], [0, 0, 0, 0, 0], OnnxElementType.Int8);
        string bias = _graph.Integers(new Shape(5), [10, 20, -30, 40, 50], OnnxElementType.Int32);
        string y = _graph.Node(
            "com.microsoft:QGemm",
            [hidden, Scale(0.03f), Zero(120), v, vs, vz, bias, Scale(0.1f), Zero(128)],
            ("transB", 1));
        _graph.Output(_graph.Node("DequantizeLinear", [y, Scale(0.1f), Zero(128)]));
        float[] biases = [.. new[] { 10, 20, -30, 40, 50 }.Select((value, i) => value * (0.03f * (0.01f * (i + 1))))];
        string plain = _plain.Node("MatMul", ["image", Plain(w)]);
        _plain.Output(_plain.Node("Gemm", [plain, Plain(v), _plain.Floats(new Shape(5), biases)], ("transB", 1)));
        Check(row, 0.3f);
    }

    [Fact]
    public void Dynamic_quantization_has_no_ranges()
    {
        _graph.Input(Image);
        _plain.Input(Image);
        _graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("DynamicQuantizeLinear", ["image"], ["q", "qs", "qz"]));
        (string w, string ws, string wz) = Integers(new Shape(3, 2, 3, 3), [0.01f], [0], OnnxElementType.Int8);
        string sums = _graph.Node("ConvInteger", ["q", w, "qz", wz]);
        string real = _graph.Node("Cast", [sums], ("to", (int)OnnxElementType.Float));
        string scaled = _graph.Node("Mul", [real, _graph.Node("Mul", ["qs", ws])]);
        _graph.Output(_graph.Node("Add", [scaled, _graph.Floats(new Shape(1, 3, 1, 1), [1, 2, 3])]));
        _plain.Output(_plain.Node("Conv", ["image", Plain(w), _plain.Floats(new Shape(3), [1, 2, 3])]));
        Assert.Empty(Check(Image, 0.3f).Ranges);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dynamic_quantization_of_matrices(bool isFused)
    {
        Shape row = new(4);
        _graph.Input(row);
        _plain.Input(row);
        (string w, string ws, string wz) = Integers(new Shape(4, 3), [0.02f], [3], OnnxElementType.Int8);
        string bias = _graph.Floats(new Shape(3), [1, 2, 3]);
        if (isFused)
        {
            _graph.Output(_graph.Node("com.microsoft:DynamicQuantizeMatMul", ["image", w, ws, wz, bias]));
        }
        else
        {
            _graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("DynamicQuantizeLinear", ["image"], ["q", "qs", "qz"]));
            _graph.Output(_graph.Node("com.microsoft:MatMulIntegerToFloat", ["q", w, "qs", ws, "qz", wz, bias]));
        }

        string product = _plain.Node("MatMul", ["image", Plain(w)]);
        _plain.Output(_plain.Node("Add", [product, _plain.Floats(new Shape(3), [1, 2, 3])]));
        Check(row, 0.1f);
    }

    [Fact]
    public void MatMulInteger_behind_a_scale_that_is_known()
    {
        Shape row = new(4);
        string x = Quantized("image", row, 0.01f, 128);
        (string w, string ws, string wz) = Integers(new Shape(4, 3), [0.02f], [0], OnnxElementType.Int8);
        string sums = _graph.Node("Cast", [_graph.Node("MatMulInteger", [x, w, "z", wz])], ("to", (int)OnnxElementType.Float));
        _graph.Output(_graph.Node("Mul", [sums, _graph.Node("Mul", ["s", ws])]));
        _plain.Output(_plain.Node("MatMul", ["image", Plain(w)]));
        Check(row, 0.1f);
    }

    [Theory]
    [InlineData("Relu", new float[0])]
    [InlineData("Clip", new float[] { -0.5f, 0.5f })]
    [InlineData("LeakyRelu", new float[] { 0.2f })]
    public void FusedConv(string activation, float[] parameters)
    {
        string x = _graph.Input(Image);
        _plain.Input(Image);
        string w = _graph.Floats(new Shape(2, 2, 1, 1), [1, -2, 3, 0.5f]);
        _plain.Stored(_graph.Graph.Initializer[^1]);
        _graph.Output(_graph.Node(
            "com.microsoft:FusedConv",
            [x, w, null, x],
            ("activation", activation),
            ("activation_params", parameters.Length == 0 ? null : parameters)));
        string sum = _plain.Node("Add", [_plain.Node("Conv", ["image", w]), "image"]);
        _plain.Output(activation switch
        {
            "Clip" => _plain.Node("Clip", [sum, _plain.Scalar(parameters[0]), _plain.Scalar(parameters[1])]),
            "LeakyRelu" => _plain.Node("LeakyRelu", [sum], ("alpha", parameters[0])),
            _ => _plain.Node(activation, [sum]),
        });
        Check(Image, 1e-4f);
    }

    /// <summary>ONNX Runtime has no kernels for QONNX: its quantizers are held against what their definition says.</summary>
    [Theory]
    [InlineData("qonnx.custom_op.general")]
    [InlineData("onnx.brevitas")]
    public void QONNX_quantizers(string domain)
    {
        string x = _graph.Input(Image);
        _plain.Input(Image);
        string w = _graph.Floats(new Shape(2, 2, 1, 1), [0.3f, -2, 3, 0.55f]);
        string narrow = _graph.Node(
            $"{domain}:Quant",
            [w, _graph.Floats(new Shape(2, 1, 1, 1), [0.5f, 0.25f]), _graph.Scalar(0), _graph.Scalar(3)],
            ("signed", 1), ("narrow", 1), ("rounding_mode", "ROUND"));
        string sum = _graph.Node("Conv", [x, narrow]);
        string relu = _graph.Node("Relu", [sum]);
        string few = _graph.Node(
            $"{domain}:Quant", [relu, _graph.Scalar(0.25f), _graph.Scalar(0), _graph.Scalar(4)], ("signed", 0), ("narrow", 0));
        string signs = _graph.Node($"{domain}:BipolarQuant", [_graph.Floats(new Shape(1, 2, 1, 1), [-3, 0]), _graph.Scalar(0.5f)]);
        string last = _graph.Node("Conv", [few, signs]);
        _graph.Output(_graph.Node($"{domain}:Trunc", [last, _graph.Scalar(1), _graph.Scalar(0), _graph.Scalar(8), _graph.Scalar(4)]));
        string plain = _plain.Node("Conv", ["image", _plain.Floats(new Shape(2, 2, 1, 1), [0.5f, -1.5f, 0.75f, 0.5f])]);
        _plain.Output(_plain.Node("Conv", [_plain.Node("Relu", [plain]), _plain.Floats(new Shape(1, 2, 1, 1), [-0.5f, 0.5f])]));
        Model model = Check(Image, null);
        Assert.Equal(new TensorRange(0, 0.25f * 15), model.Ranges[relu.Replace("Relu", "/Relu", StringComparison.Ordinal)]);
    }

    /// <summary>Tools leave rectifiers out in front of quantizers that cut off as much.</summary>
    [Theory]
    [InlineData(0.02f, null)]
    [InlineData(6f / 255, 6f)]
    public void A_quantizer_from_0_on_is_a_rectifier(float scale, float? bound)
    {
        string x = _graph.Input(Image);
        _plain.Input(Image);
        string w = _graph.Floats(new Shape(2, 2, 1, 1), [10, -2, 3, 5]);
        _plain.Stored(_graph.Graph.Initializer[^1]);
        string conv = _graph.Node("Conv", [x, w]);
        string real = Pair(conv, scale, 0);
        _graph.Output(_graph.Node("MaxPool", [Pair(_graph.Node("Conv", [real, w]), scale, 3)], ("kernel_shape", new[] { 2, 2 })));
        string plain = _plain.Node("Conv", ["image", w]);
        plain = bound is null ? _plain.Node("Relu", [plain]) : _plain.Node("Clip", [plain, _plain.Scalar(0), _plain.Scalar(6)]);
        _plain.Output(_plain.Node("MaxPool", [_plain.Node("Conv", [plain, w])], ("kernel_shape", new[] { 2, 2 })));
        Model model = Check(Image, null);
        ReLU rectifier = Assert.IsType<ReLU>(model["/Conv_1/relu"].Layer);
        Assert.Equal(bound, rectifier.MaxValue);
        Assert.Equal(0, model.Ranges["/Conv_1/relu"].Least);
        Assert.Equal(["/Conv_1/relu"], OnnxReader
            .Read("network.onnx", _graph.ToBytes(), new ModelReadOptions { Output = [real] }).Outputs);
    }

    [Fact]
    public void Nothing_is_rectified_that_is_never_negative_or_comes_from_samples()
    {
        string x = Pair(_graph.Input(Image), 0.01f, 0);
        string y = Pair(_graph.Node("Concat", [_graph.Node("Relu", [x]), _graph.Node("Sigmoid", [x])], ("axis", 1)), 0.01f, 0);
        _graph.Output(Pair(_graph.Node("GlobalAveragePool", [y]), 0.01f, 0));
        Model model = OnnxReader.Read("network.onnx", _graph.ToBytes());
        Assert.Single(model.GraphLayers.OfType<ReLU>());
    }

    /// <summary>Integers that are dequantized by another scale than they were quantized with are multiplied.</summary>
    [Fact]
    public void Another_scale_is_a_factor()
    {
        string x = Quantized("image", Image, 0.01f, 128);
        _graph.Output(_graph.Node("Tanh", [_graph.Node("DequantizeLinear", [x, Scale(0.02f), Zero(100)])]));
        string plain = _plain.Node("Mul", ["image", _plain.Scalar(2)]);
        _plain.Output(_plain.Node("Tanh", [_plain.Node("Add", [plain, _plain.Scalar(28 * 0.02f)])]));
        Check(Image, 0.05f);
    }

    [Fact]
    public void Samples_of_integers_are_scaled()
    {
        string x = _graph.Input(Image, OnnxElementType.UInt8);
        (string w, string ws, string wz) = Integers(new Shape(3, 2, 1, 1), [0.01f], [0], OnnxElementType.Int8);
        string y = _graph.Node("QLinearConv", [x, Scale(0.02f), Zero(100), w, ws, wz, Scale(0.05f), Zero(128)]);
        _graph.Output(_graph.Node("DequantizeLinear", [y, Scale(0.05f), Zero(128)]));
        float[] samples = [.. Enumerable.Range(0, Image.Size).Select(i => (float)(i * 37 % 256))];
        using OnnxOracle oracle = OnnxOracle.Open(_graph.ToBytes());
        OracleOutput expected = oracle.Run(samples);
        Model model = OnnxReader.Read("network.onnx", _graph.ToBytes());
        float[] actual = OnnxComparison.Outputs(model, samples, Image);
        Assert.All(
            OnnxComparison.AsOurs(expected, model.Plan.Output.Shape).Zip(actual),
            pair => Assert.True(Math.Abs(pair.First - Math.Clamp(pair.Second, -6.4f, 6.35f)) <= 0.03f));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Weights_of_four_bits(bool isSigned)
    {
        OnnxElementType type = isSigned ? OnnxElementType.Int4 : OnnxElementType.UInt4;
        string x = _graph.Input(Image);
        _plain.Input(Image);
        string real = _graph.Node("DequantizeLinear", [Halves(type), Scale(0.5f)]);
        _graph.Output(_graph.Node("Conv", [x, real]));
        float[] weights = isSigned ? [0.5f, -1, 3.5f, -4] : [0.5f, 7, 3.5f, 4];
        _plain.Output(_plain.Node("Conv", ["image", _plain.Floats(new Shape(2, 2, 1, 1), weights)]));
        Check(Image, null);
    }

    [Fact]
    public void Signs_as_activations_are_refused_by_name()
    {
        string x = _graph.Input(Image);
        string relu = _graph.Node("Relu", [x]);
        _graph.Output(_graph.Node("qonnx.custom_op.general:BipolarQuant", [relu, _graph.Scalar(1)]));
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("network.onnx", _graph.ToBytes()));
        Assert.Equal("OnnxQuantizedForm", error.Id);
        Assert.Contains("-Output '/Relu_0'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("QuantizeLinear")]
    [InlineData("DequantizeLinear")]
    [InlineData("DynamicQuantizeLinear")]
    [InlineData("QLinearConv")]
    [InlineData("QLinearMatMul")]
    [InlineData("ConvInteger")]
    [InlineData("MatMulInteger")]
    [InlineData("com.microsoft:QGemm")]
    [InlineData("com.microsoft:QLinearAdd")]
    [InlineData("com.microsoft:QLinearConcat")]
    [InlineData("com.microsoft:DynamicQuantizeMatMul")]
    [InlineData("com.microsoft:MatMulIntegerToFloat")]
    [InlineData("com.microsoft:FusedConv")]
    [InlineData("com.microsoft:FusedGemm")]
    [InlineData("onnx.brevitas:Quant")]
    [InlineData("onnx.brevitas:Trunc")]
    public void Nodes_whose_inputs_are_missing_are_refused_or_read_as_they_are(string type)
    {
        for (int count = 0; count < 8; count++)
        {
            OnnxGraphBuilder graph = new();
            string x = graph.Input(Image);
            string s = graph.Scalar(0.5f);
            string[] inputs = [x, s, s, s, s, s, s];
            graph.Output(graph.Node("Relu", [graph.Node(type, inputs.Take(count))]));
            try
            {
                _ = OnnxReader.Read("network.onnx", graph.ToBytes()).Plan;
            }
            catch (QuantException error)
            {
                Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Two weights a byte, the first in its lower half.</summary>
    private string Halves(OnnxElementType type)
    {
        TensorProto tensor = new()
        {
            Name = "halves",
            DataType = (int)type,
            RawData = ByteString.CopyFrom(0xE1, 0x87),
        };
        tensor.Dims.AddRange([2L, 2, 1, 1]);
        return _graph.Stored(tensor);
    }

    private string Scale(float value) => _graph.Scalar(value);

    private string Zero(long value) => _graph.Integers(new Shape(), [value], OnnxElementType.UInt8);

    /// <summary>A quantized input, its scale and zero point called <c>s</c> and <c>z</c>.</summary>
    private string Quantized(string name, Shape sample, float scale, long zero)
    {
        _graph.Input(sample, name: name);
        _plain.Input(sample, name: name);
        _graph.Stored(OnnxTensors.Make("s", new Shape(), new[] { scale }, OnnxElementType.Float));
        _graph.Stored(OnnxTensors.Make("z", new Shape(), new[] { zero }, OnnxElementType.UInt8));
        return _graph.Node("QuantizeLinear", [name, "s", "z"]);
    }

    private string Pair(string tensor, float scale, long zero)
    {
        (string s, string z) = (Scale(scale), Zero(zero));
        return _graph.Node("DequantizeLinear", [_graph.Node("QuantizeLinear", [tensor, s, z]), s, z]);
    }

    /// <summary>Random integer weights, and their floats in the plain network under the same name.</summary>
    private (string Weights, string Scale, string Zero) Integers(Shape shape, float[] scale, long[] zero, OnnxElementType type)
    {
        Random random = new(shape.Size);
        // Some processors have no kernels for more that do not saturate between two products.
        int least = type == OnnxElementType.Int8 ? -63 : 65;
        long[] values = [.. Enumerable.Range(0, shape.Size).Select(_ => (long)random.Next(least, least + 127))];
        int axis = scale.Length == 1 || scale.Length == shape[0] ? 0 : shape.Rank - 1;
        int run = shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size);
        float[] real = [.. values.Select((value, i) => (value - zero[i / run % zero.Length]) * scale[i / run % scale.Length])];
        string name = _graph.Integers(shape, values, type);
        _plain.Stored(OnnxTensors.Make($"{name}/plain", shape, real, OnnxElementType.Float));
        Shape own = scale.Length == 1 ? new Shape() : new Shape(scale.Length);
        return (name, _graph.Floats(own, scale), _graph.Integers(own, zero, type));
    }

    private static string Plain(string weights) => $"{weights}/plain";

    /// <summary>The import, equal to the plain network, and as near to the file as steps are wide; null where that does not run.</summary>
    private Model Check(Shape sample, float? step)
    {
        foreach (OnnxGraphBuilder graph in new[] { _graph, _plain })
        {
            graph.Opset = 21;
            graph.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        }

        float[] samples = OnnxComparison.Random(new Random(3), 3 * sample.Size);
        Model model = OnnxReader.Read("network.onnx", _graph.ToBytes());
        float[] actual = OnnxComparison.Outputs(model, samples, sample);
        using OnnxOracle plain = OnnxOracle.Open(_plain.ToBytes());
        float[] expected = OnnxComparison.AsOurs(plain.Run(samples), model.Plan.Output.Shape);
        Assert.InRange(OnnxComparison.LargestDifference(expected, actual), 0, 1e-5f);
        if (step is { } most)
        {
            using OnnxOracle file = OnnxOracle.Open(_graph.ToBytes());
            float[] quantized = OnnxComparison.AsOurs(file.Run(samples), model.Plan.Output.Shape);
            (float low, float high) = (quantized.Min(), quantized.Max());
            Assert.All(quantized.Zip(actual), pair =>
                Assert.True(Math.Abs(pair.First - Math.Clamp(pair.Second, low, high)) <= most, $"{pair}"));
        }

        return model;
    }
}
