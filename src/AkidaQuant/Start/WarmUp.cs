using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Start;

/// <summary>
/// Takes a tiny network of the usual layers through all that is done with networks, in the background, so that its code is compiled
/// while a file is read and its user thinks. What it computes is thrown away.
/// </summary>
public static class WarmUp
{
    private const int Rows = 12;
    private const int Samples = 4;
    private const int Classes = 10;

    private static int _wasStarted;

    /// <summary>Starts it, the first time in a process and where a core is left for it.</summary>
    public static void Start()
    {
        if (Environment.ProcessorCount == 1 || Interlocked.Exchange(ref _wasStarted, 1) != 0)
        {
            return;
        }

        // A thread of its own takes none of the pool's, which wait for work of the user; one in the background ends with the process.
        new Thread(RunQuietly) { IsBackground = true, Name = "AkidaQuant warm-up" }.Start();
    }

    /// <summary>Quantizes the network, runs it in integers and in float, converts it and emulates it.</summary>
    /// <returns>The class that each dialect finds for each sample.</returns>
    internal static int?[] Run()
    {
        SampleSet samples = SampleSet.FromArray(Pixels(), new Shape(Rows, Rows, 1));
        Model network = Network();
        List<int?> classes = [];

        // Calibration compiles the kernels of floats too, so that those of integers need not wait for them.
        Model quantized = Quantizer.Quantize(network, new QuantizeOptions { Samples = samples, BatchSize = Samples });
        Infer(quantized);
        Infer(network);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        foreach (OutputBatch batch in Emulator.Run(akida, samples))
        {
            classes.AddRange(Prediction.From(batch, akida.Plan.Output.Shape, samples).Select(prediction => prediction.Class));
        }

        return [.. classes];

        void Infer(Model model)
        {
            foreach (OutputBatch batch in Inference.Run(model, samples))
            {
                classes.AddRange(Prediction.From(batch, model.Plan.Output.Shape, samples).Select(prediction => prediction.Class));
            }
        }
    }

    private static void RunQuietly()
    {
        try
        {
            Run();
        }
        catch (Exception)
        {
            // Whatever is wrong here shows itself in work that somebody asked for.
        }
    }

    private static Model Network()
    {
        Layer[] layers =
        [
            new InputLayer { Name = "input", Shape = new Shape(Rows, Rows, 1), Type = IntegerType.UInt8 },
            new Rescaling { Name = "rescaling", Scale = [1.0 / 255] },
            Convolution("stem", 3, 1, 16, stride: 2),
            Normalization("stem_norm", 16),
            new ReLU { Name = "stem_relu", MaxValue = 6 },
            Convolution("full", 3, 16, 32, stride: 1),
            Normalization("full_norm", 32),
            new MaxPooling2D { Name = "maximum", Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2) } },
            new ReLU { Name = "full_relu", MaxValue = 6 },
            new DepthwiseConv2D
            {
                Name = "depthwise", Window = Window(3, 1), Kernel = Weights(3, 3, 32, 1), UseBias = false,
            },
            Convolution("pointwise", 1, 32, 32, stride: 1),
            Normalization("pointwise_norm", 32),
            new ReLU { Name = "pointwise_relu", MaxValue = 6 },
            new GlobalAveragePooling2D { Name = "average" },
            new Dense { Name = "dense", Units = Classes, Kernel = Weights(32, Classes), Bias = NdArray<float>.Vector(new float[Classes]) },
        ];
        IEnumerable<Node> nodes = layers.Select((layer, i) => new Node(layer, i == 0 ? [] : [layers[i - 1].Name]));
        return Model.Create("warm_up", isSequential: true, nodes, [layers[^1].Name]);
    }

    private static Conv2D Convolution(string name, int size, int channels, int filters, int stride) => new()
    {
        Name = name,
        Filters = filters,
        Window = Window(size, stride),
        Kernel = Weights(size, size, channels, filters),
        UseBias = false,
    };

    private static ConvolutionWindow Window(int size, int stride) =>
        new() { KernelSize = (size, size), Strides = (stride, stride), Padding = Padding.Same };

    private static BatchNormalization Normalization(string name, int channels) => new()
    {
        Name = name,
        Gamma = Filled(channels, 1),
        Beta = Filled(channels, 0.1f),
        MovingMean = Filled(channels, 0),
        MovingVariance = Filled(channels, 0.5f),
    };

    private static NdArray<float> Filled(int channels, float value) => NdArray<float>.Filled(new Shape(channels), value);

    private static NdArray<float> Weights(params int[] dimensions)
    {
        Shape shape = new(dimensions);
        float[] values = new float[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((i * 7 % 23) - 10) / 32f;
        }

        return new NdArray<float>(shape, values);
    }

    private static byte[] Pixels()
    {
        byte[] pixels = new byte[Samples * Rows * Rows];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(i * 37);
        }

        return pixels;
    }
}
