using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Formats.Onnx;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Quantization;

/// <summary>Quantizing without samples by the ranges that a network brings, as those of other tools' files.</summary>
public sealed class KnownRangesTests
{
    private static readonly Shape Image = new(2, 8, 8);

    private readonly OnnxGraphBuilder _graph = new();
    private readonly List<string> _said = [];

    [Fact]
    public void Ranges_of_a_file_calibrate_without_samples()
    {
        string x = Pair(_graph.Input(Image), 0.01f, 128);
        string conv = _graph.Node("Conv", [x, _graph.Floats(new Shape(4, 2, 3, 3), Random(72))]);
        string relu = Pair(_graph.Node("Relu", [conv]), 0.02f, 0);
        string pooled = _graph.Node("GlobalAveragePool", [relu]);
        string flat = Pair(_graph.Node("Flatten", [pooled]), 0.005f, 0);
        _graph.Output(Pair(_graph.Node("Gemm", [flat, _graph.Floats(new Shape(4, 3), Random(12))]), 0.02f, 100));
        Model model = Read();
        Model quantized = Quantize(model);
        Assert.True(quantized.IsQuantized);
        var input = (InputQuantizer)quantized.GraphLayers.First(layer => layer is InputQuantizer);
        Assert.All(input.RangeMin.Values, value => Assert.Equal(0.01f * -128, value));
        Assert.All(input.RangeMax.Values, value => Assert.Equal(0.01f * 127, value));
        OutputQuantizer averaged = ((QuantizedLayer)quantized[$"/{pooled}"].Layer).OutputQuantizer!;
        Assert.All(
            averaged.RangeMax.Values.Zip(averaged.RescalingRate.Values),
            pair => Assert.Equal(0.005f * 255, pair.First / pair.Second, 0.001f));
        Assert.Contains(_said, line => line.Contains("no samples were run", StringComparison.Ordinal));
        Assert.DoesNotContain(_said, line => line.Contains("random samples", StringComparison.Ordinal));
        Assert.NotEmpty(AkidaConverter.Convert(quantized, AkidaVersion.V2).Layers);
        Assert.Equal(Values(quantized), Values(Quantize(model)));
    }

    /// <summary>What is measured counts where samples are given.</summary>
    [Fact]
    public void Samples_are_measured_as_always()
    {
        string x = Pair(_graph.Input(Image), 0.01f, 128);
        _graph.Output(Pair(Convolution(x, 4, 2), 1f, 100));
        Model model = Read();
        QuantizeOptions options = new() { Samples = SampleSet.FromArray(Random(4 * Image.Size), Image) };
        Model free = model.WithRanges(new Dictionary<string, TensorRange>());
        Assert.Equal(Values(Quantizer.Quantize(free, options)), Values(Quantizer.Quantize(model, options)));
    }

    [Fact]
    public void Layers_without_a_range_are_named()
    {
        string x = Pair(_graph.Input(Image), 0.01f, 128);
        string relu = _graph.Node("Relu", [Convolution(x, 4, 2)]);
        _graph.Output(Pair(Convolution(relu, 3, 4), 0.02f, 100));
        QuantException error = Assert.Throws<QuantException>(() => Quantize(Read()));
        Assert.Equal("RangesIncomplete", error.Id);
        Assert.Contains($"'/{relu}'. Give samples to calibrate with: -Sample.", error.Message, StringComparison.Ordinal);
        QuantizeOptions options = new() { Samples = SampleSet.FromArray(Random(4 * Image.Size), Image) };
        Assert.True(Quantizer.Quantize(Read(), options).IsQuantized);
    }

    /// <summary>A sum in front of a rectifier needs no more than that passes; one at the end is bounded by what is added.</summary>
    [Fact]
    public void Ranges_follow_from_those_beside_them()
    {
        string x = Pair(_graph.Input(Image), 0.01f, 128);
        string first = Pair(_graph.Node("Relu", [Convolution(x, 4, 2)]), 0.02f, 0);
        string second = Pair(Convolution(first, 4, 4), 0.03f, 128);
        string sum = Pair(_graph.Node("Relu", [_graph.Node("Add", [first, second])]), 0.01f, 0);
        string pooled = _graph.Node("MaxPool", [sum], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        string third = Pair(Convolution(pooled, 4, 4), 0.02f, 128);
        string fourth = Pair(Convolution(third, 4, 4), 0.02f, 128);
        _graph.Output(_graph.Node("Add", [third, fourth]));
        Model quantized = Quantize(Read());
        Assert.True(quantized.IsQuantized);
        Assert.Contains(_said, line => line.Contains("bound the sums", StringComparison.Ordinal));
    }

    /// <summary>A normalization that a kernel takes in gives its range to the layer of the kernel; one at the input to the input.</summary>
    [Fact]
    public void Ranges_stay_with_the_tensors_that_they_are_of()
    {
        string scaled = _graph.Node("Mul", [_graph.Input(Image), _graph.Scalar(2)]);
        string conv = Convolution(Pair(scaled, 0.01f, 100), 4, 2);
        string plain = Pair(conv, 0.5f, 100);
        string ones = _graph.Floats(new Shape(4), [1, 1, 1, 1]);
        string normal = _graph.Node("BatchNormalization", [plain, _graph.Floats(new Shape(4), [1, 2, 3, 4]), ones, ones, ones]);
        string pair = Pair(normal, 0.03f, 100);
        string last = Convolution(pair, 4, 4);
        string unknown = _graph.Node("BatchNormalization", [Pair(last, 0.7f, 100), ones, ones, ones, ones]);
        _graph.Output(_graph.Node("Relu", [unknown]));
        Model model = Read();
        Assert.Equal(0.01f * 155 / 2, model.Ranges[model.Input.Name].Greatest, 1e-6f);
        Model rewritten = Sanitizer.Run(model);
        Assert.Null(rewritten.Find($"/{normal}"));
        Assert.Equal(new TensorRange(0.03f * -100, 0.03f * 155), rewritten.Ranges[$"/{conv}"]);
        Assert.DoesNotContain($"/{last}", rewritten.Ranges.Keys);
        (Model front, Model back) = ModelSplit.After(model, $"/{normal}");
        Assert.Equal(0.03f * 155, front.Ranges[$"/{normal}"].Greatest);
        Assert.Equal(0.03f * 155, back.Ranges[back.Input.Name].Greatest);
        Model rescaled = RescalingInsertion.Insert(model, [0.5], [1]);
        Assert.Equal(((0.01f * 155 / 2) - 1) / 0.5f, rescaled.Ranges[model.Input.Name].Greatest, 1e-6f);
        var arrived = (Model)ObjectBytes.Read(ObjectBytes.Write(model));
        Assert.Equal(model.Ranges.OrderBy(range => range.Key), arrived.Ranges.OrderBy(range => range.Key));
    }

    private Model Read() => OnnxReader.Read("network.onnx", _graph.ToBytes());

    private Model Quantize(Model model) => Quantizer.Quantize(model, new QuantizeOptions { Verbose = _said.Add, Warning = _said.Add });

    private string Convolution(string x, int filters, int channels) => _graph.Node(
        "Conv", [x, _graph.Floats(new Shape(filters, channels, 3, 3), Random(filters * channels * 9))], ("pads", new[] { 1, 1, 1, 1 }));

    private string Pair(string tensor, float scale, long zero)
    {
        string s = _graph.Scalar(scale);
        string z = _graph.Integers(new Shape(), [zero], OnnxElementType.UInt8);
        return _graph.Node("DequantizeLinear", [_graph.Node("QuantizeLinear", [tensor, s, z]), s, z]);
    }

    private static IEnumerable<float> Values(Model model) =>
        model.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values);

    private static float[] Random(int count) => OnnxComparison.Random(new Random(count), count);
}
