using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Quantization;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>Networks whose nodes are imported in the form that integers and processors have.</summary>
public sealed class OnnxIntegerFormTests
{
    private const int Channels = 4;

    /// <summary>A difference is the sum with what a kernel takes the sign of.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Differences_run_on_Akida(bool isOfKernels) =>
        AssertConverts(graph =>
        {
            string x = graph.Node("Relu", [Convolve(graph, Image(graph), 3)]);
            return graph.Node(
                "Relu",
                [
                    graph.Node(
                        "Sub",
                        [
                            Convolve(graph, x, Channels),
                            isOfKernels ? graph.Node("Conv", [x, Weights(graph, false, Channels, Channels, 1, 1)]) : x,
                        ]),
                ]);
        });

    /// <summary>Networks that normalize before their kernels end with a normalization before the average of the image.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_normalization_before_the_average_runs_on_Akida(bool isRectified) => AssertConverts(graph =>
    {
        string x = graph.Node("Relu", [Convolve(graph, Image(graph), 3)]);
        x = graph.Node("BatchNormalization", [x, .. Enumerable.Range(0, 4).Select(i => Weights(graph, i == 3, Channels))]);
        x = graph.Node("ReduceMean", [isRectified ? graph.Node("Relu", [x]) : x], ("axes", new[] { 2, 3 }), ("keepdims", 0));
        return graph.Node("Gemm", [x, Weights(graph, false, 2, Channels)], ("transB", 1));
    });

    /// <summary>All values of the image have one factor, which the dense layer takes up.</summary>
    [Fact]
    public void A_scaled_image_that_is_flattened_runs_on_Akida() => AssertConverts(graph =>
    {
        string row = graph.Node("Flatten", [graph.Node("Div", [Image(graph), graph.Scalar(255)])]);
        return graph.Node("Gemm", [row, Weights(graph, false, 2, 3 * 6 * 6)], ("transB", 1));
    });

    /// <summary>Rows have no depthwise convolutions: a dense layer of the factors serves them.</summary>
    [Fact]
    public void Bounds_and_normalizations_of_rows_run_on_Akida() => AssertConverts(graph =>
    {
        string x = graph.Node("Flatten", [graph.Node("Relu", [Convolve(graph, Image(graph), 3)])]);
        x = graph.Node("Gemm", [x, Weights(graph, false, 8, Channels * 6 * 6)], ("transB", 1));
        x = graph.Node("Clip", [x, graph.Scalar(-0.5f), graph.Scalar(1)]);
        x = graph.Node("BatchNormalization", [graph.Node("Relu", [x]), .. Enumerable.Range(0, 4).Select(i => Weights(graph, i == 3, 8))]);
        return graph.Node("Gemm", [graph.Node("Relu", [x]), Weights(graph, false, 2, 8)], ("transB", 1));
    });

    private static string Image(OnnxGraphBuilder graph) => graph.Input(new Shape(3, 6, 6));

    private static string Convolve(OnnxGraphBuilder graph, string x, int channels) => graph.Node(
        "Conv", [x, Weights(graph, false, Channels, channels, 3, 3)], ("pads", new[] { 1, 1, 1, 1 }));

    private static string Weights(OnnxGraphBuilder graph, bool isPositive, params int[] shape)
    {
        NdArray<float> values = Small.Weights(shape);
        return graph.Floats(values.Shape, isPositive ? [.. values.Values.Select(value => 1 + value)] : values.Values);
    }

    private static void AssertConverts(Func<OnnxGraphBuilder, string> build)
    {
        OnnxGraphBuilder graph = new();
        Model model = OnnxReader.Read("network.onnx", graph.Output(build(graph)).ToBytes());
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(
            model,
            new QuantizeOptions
            {
                Samples = samples,
                BatchSize = 6,
                Parameters = new QuantizationParams { InputType = IntegerType.Int8, PerTensorActivations = true },
            });
        Assert.All(quantized.GraphLayers, layer =>
            Assert.True(layer is QuantizedLayer or InputLayer or InputQuantizer or Dequantizer, layer.ClassName));
        float[] expected = Small.Outputs(quantized, samples);
        Assert.InRange(Small.Difference(model, quantized, samples), 0, 0.1);
        Assert.Equal(expected, Emulator.Run(AkidaConverter.Convert(quantized, AkidaVersion.V2), samples).SelectMany(batch => batch.Values));
    }
}
