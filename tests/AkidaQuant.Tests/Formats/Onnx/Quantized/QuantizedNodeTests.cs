using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Onnx.Quantized;
using AkidaQuant.Tests.Akida;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>Every kind of quantized node with random integers: equal to ONNX Runtime, and to the emulator where it converts.</summary>
public sealed class QuantizedNodeTests(ITestOutputHelper output)
{
    private const int Rounds = 60;
    private const int Samples = 3;

    /// <summary>What the conversion may refuse: the paddings that Akida has not (convert.md 5.6).</summary>
    private static readonly string[] Refusals =
    [
        "AkidaPadding",
        "AkidaPoolPadding",
        "AkidaSameUpperStrides",
        "AkidaSameUpperKernel",
        "AkidaSameUpperPool",
        "AkidaTransposedWindow",
    ];

    public static TheoryData<string> Kinds =>
        ["input", "conv", "depthwise", "transposed", "depthwise transposed", "dense", "flatten", "add", "concat", "turned"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_quantized_node_gives_the_integers_of_ONNX_Runtime_and_of_the_emulator(string kind)
    {
        int converted = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            QuantizedGraph graph = new(seed);
            Shape sample = Build(graph, kind);
            byte[] content = graph.Graph.ToBytes();
            float[] values = OnnxComparison.Random(graph.Random, Samples * sample.Size, -1.5f, 1.5f);
            try
            {
                converted += Compare(content, values, sample) ? 1 : 0;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new InvalidOperationException($"Seed {seed}: {graph.Graph}", e);
            }
            catch
            {
                output.WriteLine($"Seed {seed}: {graph.Graph}");
                throw;
            }
        }

        output.WriteLine($"{kind}: {converted} of {Rounds} networks are ones that Akida has.");
        Assert.InRange(converted, Rounds / 4, Rounds);
    }

    /// <summary>Compares every tensor with ONNX Runtime, then the emulator.</summary>
    /// <returns>Whether the network converts.</returns>
    private static bool Compare(byte[] content, float[] values, Shape sample)
    {
        IReadOnlyDictionary<string, NpyArray> expected = OnnxTensorOracle.Run(content, new NpyArray(sample.Prepend(Samples), values));
        OnnxQuantizedCase quantized = new("network.onnx", content);
        SampleSet samples = SampleSet.FromArray(values, sample);
        PlanRunner runner = quantized.Run(samples, 0, Samples);
        Comparison comparison = new();
        foreach ((string tensor, NpyArray given) in expected)
        {
            OnnxQuantizedCase.Compare(tensor, runner, quantized.Model, quantized.Find(tensor)!, given, Samples, comparison);
        }

        Assert.True(comparison.IsExact, comparison.Details);
        AkidaModel model;
        try
        {
            model = AkidaConverter.Convert(quantized.Model, AkidaVersion.V2);
        }
        catch (QuantException refusal) when (Refusals.Contains(refusal.Id))
        {
            return false;
        }

        EmulatorComparison emulator = EmulatorComparison.Run(quantized.Model, model, samples);
        Assert.Equal((0L, 0L), (emulator.DifferentPotentials, emulator.DifferentFloats));
        return emulator.Potentials > 0;
    }

    private static Shape Build(QuantizedGraph graph, string kind)
    {
        Random random = graph.Random;
        (int height, int width) = (random.Next(4, 8), random.Next(4, 8));
        (int channels, int filters) = (random.Next(1, 4), random.Next(1, 5));
        Shape sample = new(channels, height, width);
        QuantizedParts activation = Pick(random, QuantizedParts.None, QuantizedParts.ReLU, QuantizedParts.ReLUClipped, QuantizedParts.LUT);
        QuantizedParts bias = Pick(random, QuantizedParts.None, QuantizedParts.Biased);
        switch (kind)
        {
            case "dense":
                int count = random.Next(1, 20);
                string row = graph.Input(new Shape(count), signed: true);
                string hidden = graph.Dense(row, count, 5, bias | (activation & ~QuantizedParts.LUT) | QuantizedParts.Scaled);
                graph.End(
                    graph.Dense(
                        hidden,
                        5,
                        filters,
                        Pick(random, QuantizedParts.None, QuantizedParts.Biased) | Pick(random, QuantizedParts.None, QuantizedParts.ReLU)));
                return new Shape(count);
            case "flatten":
                graph.End(
                    graph.Dense(
                        graph.Input(sample, signed: true),
                        sample.Size,
                        filters,
                        QuantizedParts.Flatten
                            | bias
                            | (activation & ~QuantizedParts.LUT)
                            | Pick(random, QuantizedParts.None, QuantizedParts.Scaled)));
                return sample;
            case "transposed" or "depthwise transposed":
                int size = random.Next(2, 5);
                int stride = random.Next(4) == 0 ? random.Next(1, 4) : 2;
                int cut = size - 2;
                int[] crop =
                    random.Next(4) == 0
                        ? [random.Next(2), random.Next(2), random.Next(2), random.Next(2)]
                        : [cut / 2, cut / 2, cut - (cut / 2), cut - (cut / 2)];
                string x = graph.Input(sample, signed: true);
                QuantizedParts parts = bias | activation | QuantizedParts.Scaled;
                graph.End(
                    kind == "transposed"
                        ? graph.Transposed(x, filters, parts, size, stride, crop)
                        : graph.DepthwiseTransposed(x, parts, size, stride, crop));
                return sample;
            case "add" or "concat":
                string stem = graph.Convolution(
                    graph.Input(sample, signed: true),
                    filters,
                    QuantizedParts.Scaled | QuantizedParts.ReLU,
                    1,
                    1,
                    [0, 0, 0, 0]);
                string left = graph.Convolution(stem, filters, QuantizedParts.Scaled, 1, 1, [0, 0, 0, 0]);
                string right = graph.Convolution(
                    stem,
                    kind == "add" ? filters : channels,
                    QuantizedParts.Scaled | bias,
                    1,
                    1,
                    [0, 0, 0, 0]);
                graph.End(
                    kind == "add"
                        ? graph.Add(left, right, Pick(random, QuantizedParts.None, QuantizedParts.Scaled), random.Next(2) == 0 ? 1 : null)
                        : graph.Concatenation(left, right));
                return sample;
            case "turned":
                string turned = graph.Input(new Shape(height, width, channels), signed: false, [0, 3, 1, 2]);
                graph.End(
                    graph.InputConvolution(
                        turned,
                        channels,
                        filters,
                        QuantizedParts.Biased | activation | QuantizedParts.Scaled,
                        3,
                        1,
                        [1, 1, 1, 1]));
                return new Shape(height, width, channels);
            default:
                Convolution(graph, kind, sample, filters, bias | activation | QuantizedParts.Scaled);
                return sample;
        }
    }

    private static void Convolution(QuantizedGraph graph, string kind, Shape sample, int filters, QuantizedParts parts)
    {
        Random random = graph.Random;
        (int kernel, int stride) = (random.Next(1, 4), random.Next(1, 3));
        (int[] rows, int[] columns) = (Pads(random, sample[1], kernel, stride), Pads(random, sample[2], kernel, stride));
        bool isOdd = random.Next(4) == 0;
        int[] pads = isOdd ? [random.Next(3), random.Next(3), random.Next(3), random.Next(3)] : [rows[0], columns[0], rows[1], columns[1]];
        QuantizedParts pooling = Pick(random, QuantizedParts.None, QuantizedParts.MaxPool, QuantizedParts.GlobalAvgPool);
        (int, int, int[])? pool = null;
        if (pooling == QuantizedParts.MaxPool)
        {
            int poolStride = random.Next(1, 3);
            int[] least =
            [
                ((sample[1] + pads[0] + pads[2] - kernel) / stride) + 1,
                ((sample[2] + pads[1] + pads[3] - kernel) / stride) + 1,
            ];
            bool pads2 = pads.Any(pad => pad > 0) && random.Next(2) == 0;
            (int[] above, int[] before) = (Same(least[0], 2, poolStride), Same(least[1], 2, poolStride));
            pool = (2, poolStride, pads2 ? [above[0], before[0], above[1], before[1]] : [0, 0, 0, 0]);
            pooling = least.Min() >= 2 ? pooling : QuantizedParts.None;
            pool = least.Min() >= 2 ? pool : null;
        }

        string x = graph.Input(sample, signed: kind != "input");
        graph.End(kind switch
        {
            "input" => graph.InputConvolution(x, sample[0], filters, parts | pooling, kernel, stride, pads, pool),
            "conv" => graph.Convolution(x, filters, parts | pooling, kernel, stride, pads, pool),
            _ => graph.Depthwise(x, parts | pooling, kernel, stride, pads, pool),
        });
    }

    /// <summary>None, those of "same", or the larger half before.</summary>
    private static int[] Pads(Random random, int size, int kernel, int stride)
    {
        int[] same = Same(size, kernel, stride);
        return random.Next(3) switch
        {
            0 => [0, 0],
            1 => [same[1], same[0]],
            _ => same,
        };
    }

    private static int[] Same(int size, int kernel, int stride)
    {
        int total = Math.Max(kernel - (size % stride == 0 ? stride : size % stride), 0);
        return [total / 2, total - (total / 2)];
    }

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
