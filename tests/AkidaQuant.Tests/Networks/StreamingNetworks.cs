using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>Random networks whose layers keep state, and samples for them.</summary>
internal static class StreamingNetworks
{
    /// <summary>Seeds of networks.</summary>
    public static Gen<int> Seeds { get; } = Gen.Int[0, 1_000_000];

    /// <summary>Two temporal convolutions over small frames, a convolution between them or not, a classifier.</summary>
    public static Model Frames(int seed)
    {
        Random random = new(seed);
        int channels = random.Next(1, 4);
        int filters = random.Next(1, 5);
        int first = random.Next(1, 5);
        int second = random.Next(1, 4);
        bool convolves = random.Next(2) == 0;
        List<Layer> layers =
        [
            new InputLayer { Name = "frames", Shape = new Shape(3, 2, channels), Type = IntegerType.Int8 },
            new BufferTempConv
            {
                Name = "buffer",
                Filters = filters,
                KernelSize = first,
                Kernel = Values(random, 1, 1, first * channels, filters),
                UseBias = random.Next(2) == 0,
                Bias = Values(random, filters),
            },
            new ReLU { Name = "relu" },
        ];
        if (convolves)
        {
            layers.Add(new Conv2D
            {
                Name = "conv",
                Filters = filters,
                Window = new ConvolutionWindow { KernelSize = (1, 1) },
                Kernel = Values(random, 1, 1, filters, filters),
                UseBias = false,
            });
        }

        layers.Add(new DepthwiseBufferTempConv
        {
            Name = "depthwise",
            KernelSize = second,
            Kernel = Values(random, second, filters),
            UseBias = random.Next(2) == 0,
            Bias = Values(random, filters),
        });
        layers.Add(new Flatten { Name = "flatten" });
        layers.Add(new Dense { Name = "dense", Units = 3, Kernel = Values(random, 6 * filters, 3), Bias = Values(random, 3) });
        return Chain(layers);
    }

    /// <summary>Two recurrences between projections over sequences of <paramref name="steps"/> time steps, a multiple of 4.</summary>
    public static Model Sequences(int seed, int steps = 8)
    {
        Random random = new(seed);
        int channels = random.Next(1, 4);
        return Chain(
        [
            new InputLayer { Name = "sequence", Shape = new Shape(steps, channels), Type = IntegerType.Int8, BatchSize = 1 },
            .. Recurrence(random, "a", channels, 4, 3, subsample: 2),
            new ReLU { Name = "relu" },
            .. Recurrence(random, "b", 3, 4, 2, subsample: 2),
        ]);
    }

    /// <summary>A recurrence that predicts its input, and what compares both.</summary>
    public static Model Anomaly(int seed)
    {
        Random random = new(seed);
        InputLayer input = new() { Name = "sequence", Shape = new Shape(8, 2), Type = IntegerType.Int16, BatchSize = 1 };
        List<Node> nodes = [new Node(input, [])];
        foreach (Layer layer in Recurrence(random, "a", 2, 4, 2, subsample: 1))
        {
            nodes.Add(new Node(layer, [nodes[^1].Name]));
        }

        nodes.Add(
            new Node(new PicoPostProcessing { Name = "pico", Threshold = random.Next(12_000, 24_000) + 0.5 }, [nodes[^1].Name, "sequence"])
        );
        return Model.Create("anomaly", false, nodes, ["pico"]);
    }

    /// <summary>The network quantized with samples of three streams.</summary>
    public static Model Quantized(Model floating, int seed)
    {
        SampleSet samples = Samples(floating, 12, seed + 1);
        return Quantizer.Quantize(floating, new QuantizeOptions
        {
            Samples = samples,
            BatchSize = 3,
            Parameters = new QuantizationParams { InputType = floating.Input.Type!.Value },
        });
    }

    public static SampleSet Samples(Model model, int count, int seed) =>
        RandomSamples.Create(model.InputShape, count, model.Input.Type!.Value, (ulong)seed);

    public static float[] Outputs(Model model, SampleSet samples, int streams) =>
        [.. Inference.Run(model, samples, streams).SelectMany(batch => batch.Values)];

    public static NdArray<float> Values(Random random, params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return new NdArray<float>(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => (float)((2 * random.NextDouble()) - 1))]);
    }

    private static IEnumerable<Layer> Recurrence(Random random, string name, int channels, int states, int units, int subsample)
    {
        float[] angles = [.. Enumerable.Range(0, states).Select(_ => (float)(random.NextDouble() * 0.7))];
        float[] radii = [.. Enumerable.Range(0, states).Select(_ => (float)(0.5 + (random.NextDouble() * 0.45)))];
        return
        [
            new StatefulProjection { Name = $"{name}_in", Units = states, Kernel = Values(random, channels, states), UseBias = false },
            new StatefulRecurrent
            {
                Name = $"{name}_state",
                Real = NdArray<float>.Vector([.. radii.Zip(angles, (radius, angle) => radius * MathF.Cos(angle))]),
                Imaginary = NdArray<float>.Vector([.. radii.Zip(angles, (radius, angle) => radius * MathF.Sin(angle))]),
            },
            new ExtractToken { Name = $"{name}_real", Selection = new TokenSelection { Tokens = [0], RemovesAxis = true, Axis = -1 } },
            new StatefulProjection
            {
                Name = $"{name}_out",
                Units = units,
                Kernel = Values(random, states, units),
                UseBias = random.Next(2) == 0,
                Bias = Values(random, units),
                Subsample = subsample,
            },
        ];
    }

    private static Model Chain(List<Layer> layers) => Model.Create(
        "streaming", false, layers.Select((layer, i) => new Node(layer, i == 0 ? [] : [layers[i - 1].Name])), [layers[^1].Name]);
}
