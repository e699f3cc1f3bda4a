using AkidaQuant.Execution;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Quantized;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Tests.Akida;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>Example A of onnx.md 13.1: the integers of its table, for unsigned samples with a scale for each channel.</summary>
public sealed class QuantizedWorkedExampleTests
{
    private static readonly long[] ConvolutionWeights =
    [
        -122, -45, 33, 111, -67, 11, 89, -89, -11, 69, -115, -35, 46, 127, -58, 23, 104, -81,
        0, 81, -104, -23, 58, -127, -46, 35, 115, -72, 12, 96, -96, -12, 72, -120, -36, 48,
        122, -56, 22, 100, -78, 0, 78, -100, -22, 58, -127, -46, 35, 115, -69, 12, 92, -92,
    ];

    private static readonly long[] DenseWeights =
    [
        -84, -31, 21, 73, -33, 0, 33, -47, -32, 48, 127, -64,
        12, 72, -72, -12, 31, -61, -23, 15, 127, -91, 0, 91,
    ];

    [Fact]
    public void The_integers_and_outputs_are_those_of_the_specification()
    {
        OnnxGraphBuilder graph = new();
        string x = Node(
            graph,
            "InputQuantizer",
            [
                graph.Input(new Shape(2, 4, 4)),
                graph.Floats(new Shape(2), [0.0066176471300423145f, 0.0068627456203103065f]),
                graph.Integers(new Shape(2), [85, 82], OnnxElementType.UInt8),
            ],
            [1],
            ("perm", new[] { 0, 1, 2, 3 }));
        string conv = Node(
            graph,
            QuantizedFunctions.NameOf(
                "QuantizedInputConv2D",
                QuantizedParts.Biased | QuantizedParts.MaxPool | QuantizedParts.ReLU | QuantizedParts.Scaled),
            [
                x,
                graph.Integers(new Shape(2), [85, 82], OnnxElementType.Int32),
                graph.Integers(new Shape(3, 2, 3, 3), ConvolutionWeights, OnnxElementType.Int8),
                graph.Integers(new Shape(3), [7808, -4160, -440], OnnxElementType.Int32),
                graph.Vector(0, 0, 1, 1, 0, 0, 1, 1),
                graph.Integers(new Shape(1, 3, 1, 1), [218, 165, 143], OnnxElementType.UInt8),
                graph.Floats(new Shape(1, 3, 1, 1), [65536, 32768, 65536]),
            ],
            [89.56473541259766, 140.13792419433594, 58.89855194091797],
            ("strides", new[] { 1, 1 }),
            ("pool_size", new[] { 2, 2 }),
            ("pool_strides", new[] { 2, 2 }),
            ("pool_pads", new[] { 0, 0, 0, 0 }));
        string fc = Node(
            graph,
            QuantizedFunctions.NameOf("QuantizedDense1D", QuantizedParts.Flatten | QuantizedParts.Biased),
            [
                conv,
                graph.Integers(new Shape(2, 12), DenseWeights, OnnxElementType.Int8),
                graph.Integers(new Shape(2), [7488, -4288], OnnxElementType.Int32),
            ],
            [14960.232192993164, 17097.408220563615]);
        graph.Output(
            Node(
                graph,
                "Dequantizer",
                [fc, graph.Floats(new Shape(2), [(float)(1 / 14960.232192993164), (float)(1 / 17097.408220563615)])],
                [1]));
        Model model = OnnxReader.Read("example.onnx", graph.ToBytes());

        PlanRunner runner = new(model.Plan, 2);
        float[] samples = [.. Enumerable.Range(0, 64).Select(i => ((((11 * i) + 3) % 29) - 9) / 16f)];
        SampleInput.Load(
            model.Input.Fit(SampleSet.FromArray(samples, new Shape(2, 4, 4)), model.Name),
            0,
            2,
            runner.Input,
            null,
            model.Name);
        runner.Run(2, TestContext.Current.CancellationToken);
        Assert.Equal([28, 132, 236, 66, 170, 0, 104, 208], Channel(runner, model, x, 0, 2).Take(8));
        Assert.Equal([58, 127, 70, 67], Channel(runner, model, conv, 0, 3));
        Assert.Equal([47, 99, 0, 127], Channel(runner, model, conv, 1, 3));
        Assert.Equal([28, 127, 52, 94], Channel(runner, model, conv, 2, 3));
        Assert.Equal([3308, -2416], EmulatorComparison.Integers(runner[model.Plan.Position($"/{fc}")], 1));
        Assert.Equal(
            [0.22111955285072327f, -0.14130796492099762f, 0.7924342155456543f, 0.19418147206306458f],
            ((FloatData)runner.Output).Values(2).ToArray());
    }

    private static IEnumerable<long> Channel(PlanRunner runner, Model model, string tensor, int channel, int channels) =>
        EmulatorComparison.Integers(runner[model.Plan.Position($"/{tensor}")], 1).Where((_, i) => i % channels == channel);

    private static string Node(
        OnnxGraphBuilder graph,
        string type,
        IEnumerable<string> inputs,
        double[] scale,
        params (string Name, object? Value)[] attributes) =>
        graph.Node(
            $"{QuantizedFunctions.Domain}:{type}",
            inputs,
            [.. attributes, ("scale", (TensorProto)OnnxTensors.Make(string.Empty, new Shape(scale.Length), scale, OnnxElementType.Double))]
        );
}
