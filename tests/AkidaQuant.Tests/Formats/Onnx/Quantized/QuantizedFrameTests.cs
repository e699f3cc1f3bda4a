using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Quantized;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>
/// Quantized convolutions over time, whose functions hold an operator that ONNX Runtime doesn't have: against sums taken
/// one by one, over frames of parallel streams.
/// </summary>
public sealed class QuantizedFrameTests
{
    private const int Streams = 2;
    private const int Frames = 6;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 3)]
    [InlineData(true, 4)]
    [InlineData(true, 5)]
    [InlineData(true, 6)]
    public void Frames_are_weighted_from_the_oldest_on_and_zeros_come_before_the_first(bool isDepthwise, int seed)
    {
        Random random = new(seed);
        (int channels, int times, int filters) = (random.Next(1, 4), random.Next(2, 5), isDepthwise ? 0 : random.Next(1, 4));
        filters = isDepthwise ? channels : filters;
        Shape sample = new(channels, 2, 3);
        QuantizedParts parts = QuantizedParts.Scaled
            | (isDepthwise || random.Next(2) == 0 ? QuantizedParts.Biased : QuantizedParts.None)
            | (random.Next(2) == 0 ? QuantizedParts.ReLU : QuantizedParts.None);
        long[] weights = Values(random, filters * (isDepthwise ? 1 : channels) * times, -127, 127);
        long[] bias = Values(random, filters, -100, 100);
        long[] factors = Values(random, filters, 128, 255);
        const int shift = 14;
        Model model = OnnxReader.Read("frames.onnx", File(isDepthwise, sample, times, filters, parts, weights, bias, factors, shift));
        Assert.True(model.IsStateful);

        float[] values = [.. Values(random, Frames * Streams * sample.Size, -128, 127).Select(value => (float)value)];
        SampleSet samples = SampleSet.FromArray(values, sample);
        float[] actual =
        [
            .. Inference.Run(model, samples, Streams, cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values),
        ];
        Assert.Equal(Expected(), actual);

        AkidaModel akida = AkidaConverter.Convert(model, AkidaVersion.V2);
        float[] emulated =
        [
            .. Emulator.Run(akida, samples, Streams, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values),
        ];
        Assert.Equal(actual, emulated);

        float[] Expected()
        {
            List<float> result = [];
            int pixels = sample[1] * sample[2];
            for (int frame = 0; frame < Frames; frame++)
            {
                for (int stream = 0; stream < Streams; stream++)
                {
                    for (int pixel = 0; pixel < pixels; pixel++)
                    {
                        for (int f = 0; f < filters; f++)
                        {
                            long sum = parts.HasFlag(QuantizedParts.Biased) ? bias[f] : 0;
                            for (int c = 0; c < channels; c++)
                            {
                                for (int t = 0; t < times && (!isDepthwise || c == f); t++)
                                {
                                    int past = frame - times + 1 + t;
                                    long weight = isDepthwise ? weights[(f * times) + t] : weights[(((f * channels) + c) * times) + t];
                                    sum +=
                                        past < 0
                                            ? 0
                                            : weight * (long)values[(((((past * Streams) + stream) * channels) + c) * pixels) + pixel];
                                }
                            }

                            sum = parts.HasFlag(QuantizedParts.ReLU) ? Math.Max(sum, 0) : sum;
                            result.Add((float)Math.Clamp(Math.Floor((sum * factors[f] / Math.Pow(2, shift)) + 0.5), -128, 127));
                        }
                    }
                }
            }

            return [.. result];
        }
    }

    private static byte[] File(
        bool isDepthwise,
        Shape sample,
        int times,
        int filters,
        QuantizedParts parts,
        long[] weights,
        long[] bias,
        long[] factors,
        int shift)
    {
        OnnxGraphBuilder graph = new();
        string x = Node(
            graph,
            "InputQuantizer",
            [graph.Input(sample), graph.Floats(new Shape(1), [1]), graph.Integers(new Shape(1), [0], OnnxElementType.Int8)],
            ("perm", new[] { 0, 1, 2, 3 }));
        List<string> inputs = [x, graph.Integers(new Shape(filters, weights.Length / filters, 1, 1), weights, OnnxElementType.Int8)];
        if (parts.HasFlag(QuantizedParts.Biased))
        {
            inputs.Add(graph.Integers(isDepthwise ? new Shape(1, filters, 1, 1) : new Shape(filters), bias, OnnxElementType.Int32));
        }

        inputs.Add(graph.Integers(new Shape(1, filters, 1, 1), factors, OnnxElementType.UInt8));
        inputs.Add(graph.Floats(new Shape(1), [1 << shift]));
        string root = isDepthwise ? "QuantizedDepthwiseBufferTempConv" : "QuantizedBufferTempConv";
        string y = Node(
            graph,
            QuantizedFunctions.NameOf(root, parts),
            inputs,
            ("fifo_name", "x_fifo"),
            ("fifo_size", times),
            ("model_id", "id_quantized"));
        return graph.Output(Node(graph, "Dequantizer", [y, graph.Floats(new Shape(1), [1])])).ToBytes();
    }

    private static string Node(
        OnnxGraphBuilder graph,
        string type,
        IEnumerable<string> inputs,
        params (string Name, object? Value)[] attributes) =>
        graph.Node(
            $"{QuantizedFunctions.Domain}:{type}",
            inputs,
            [.. attributes, ("scale", OnnxTensors.Make(string.Empty, new Shape(1), new[] { 1.0 }, OnnxElementType.Double))]);

    private static long[] Values(Random random, int count, int least, int greatest) =>
        [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(least, greatest + 1))];
}
