using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

/// <summary>Small float layers and models with weights that never change.</summary>
internal static class Small
{
    public static InputLayer Input(IntegerType? type, params int[] shape) =>
        new()
        {
            Name = "input",
            Shape = new Shape(shape),
            Type = type,
        };

    public static Conv2D Convolution(
        string name,
        int channels,
        int filters,
        int kernel = 3,
        bool bias = true,
        Padding padding = Padding.Same) =>
        new()
        {
            Name = name,
            Filters = filters,
            Window = new ConvolutionWindow { KernelSize = (kernel, kernel), Padding = padding },
            Kernel = Weights(kernel, kernel, channels, filters),
            UseBias = bias,
            Bias = bias ? Weights(filters) : new NdArray<float>(new Shape(0), []),
        };

    public static Dense Dense(string name, int inputs, int units) =>
        new()
        {
            Name = name,
            Units = units,
            Kernel = Weights(inputs, units),
            Bias = Weights(units),
        };

    /// <summary>A chain of layers.</summary>
    public static Model Chain(params Layer[] layers) =>
        Model.Create(
            "small",
            isSequential: false,
            layers.Select((layer, i) => new Node(layer, i == 0 ? [] : [layers[i - 1].Name])),
            [layers[^1].Name]);

    public static NdArray<float> Weights(params int[] shape)
    {
        NdArray<float> zeros = NdArray<float>.Filled(new Shape(shape), 0f);
        return zeros with { Values = [.. zeros.Values.Select((_, i) => (((i * 37) % 64) - 31.5f) / 64f)] };
    }

    public static SampleSet Samples(Shape shape, int count = 6, double min = -1, double max = 1) =>
        RandomSamples.CreateFloats(shape, count, 1, min, max);

    /// <summary>The outputs of all samples.</summary>
    public static float[] Outputs(Model model, SampleSet samples) => [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];

    /// <summary>The greatest difference of the outputs of two models, as a share of the greatest output.</summary>
    public static float Difference(Model expected, Model actual, SampleSet samples)
    {
        float[] outputs = Outputs(expected, samples);
        return outputs.Zip(Outputs(actual, samples), (a, b) => Math.Abs(a - b)).Max() / outputs.Max(Math.Abs);
    }
}
