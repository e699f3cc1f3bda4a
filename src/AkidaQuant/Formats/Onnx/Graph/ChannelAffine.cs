using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// A factor and a constant for each channel, in the form that can be quantized where it stands: behind a kernel a
/// BatchNormalization, which is folded into the kernel; right behind the input a Rescaling, which is folded into the kernel
/// that follows; between other layers of images a convolution of one cell, depthwise where it can be, and a Rescaling
/// elsewhere, which quantization makes a kernel where none behind takes it up.
/// </summary>
internal static class ChannelAffine
{
    /// <summary>
    /// The most layers that are passed in search of what comes before: networks have a few, and without a limit a file of many
    /// would take the square of their number.
    /// </summary>
    private const int MostBefore = 32;

    /// <summary>The most nodes that are passed in search of an average that comes next.</summary>
    private const int MostBehind = 4;

    /// <summary>The most channels for which a kernel of all channels is made.</summary>
    private const int MostChannels = 2048;

    /// <summary>Adds the layer that multiplies by the factors and adds the offsets.</summary>
    /// <param name="node">The node that asks for it.</param>
    /// <param name="import">The import.</param>
    /// <param name="input">The tensor.</param>
    /// <param name="factors">One for all, or one a channel: the last axis in memory.</param>
    /// <param name="offsets">One for all, or one a channel.</param>
    /// <param name="suffix">Behind the name of the node, where it has a layer of that name besides.</param>
    public static OnnxActivation Add(
        OnnxNode node,
        OnnxImport import,
        OnnxActivation input,
        float[] factors,
        float[] offsets,
        string suffix = "")
    {
        int channels = input.Stored.Channels;
        string name = import.FreeName(node.Name + suffix);
        if (factors.All(factor => factor == 1) && offsets.All(offset => offset == 0))
        {
            return input;
        }

        if (IsBehindInput(import, input))
        {
            return Rescale(import, input, name, factors, offsets);
        }

        if (IsBehindKernel(import, input) && factors.All(factor => factor != 0))
        {
            return import.AddLike(Normalization(name, Spread(factors, channels), Spread(offsets, channels)), input);
        }

        return input.IsImage
            ? import.AddLike(
                Cells(
                    name,
                    Spread(factors, channels),
                    Spread(offsets, channels),
                    isDepthwise: channels > MostChannels || !IsAveraged(import, node)),
                input)
            : Rescale(import, input, name, factors, offsets);
    }

    /// <summary>Whether nothing but the input, rescaled or not, comes before.</summary>
    public static bool IsBehindInput(OnnxImport import, OnnxActivation value)
    {
        for (int i = 0; i < MostBefore && import.LayerOf(value) is Rescaling or Reshape or Flatten or Permute; i++)
        {
            value = import.InputsOf(value)[0];
        }

        return import.LayerOf(value) is InputLayer;
    }

    /// <summary>Whether a kernel comes before, which takes a factor and a constant a channel up, past other such.</summary>
    public static bool IsBehindKernel(OnnxImport import, OnnxActivation value)
    {
        for (int i = 0; i < MostBefore && import.LayerOf(value) is BatchNormalization && !import.IsShared(value); i++)
        {
            value = import.InputsOf(value)[0];
        }

        return import.LayerOf(value) is WeightedLayer && !import.IsShared(value);
    }

    /// <summary>A Rescaling; several in a row become one, because a kernel takes up only one.</summary>
    private static OnnxActivation Rescale(OnnxImport import, OnnxActivation input, string name, float[] factors, float[] offsets)
    {
        double[] scale = Array.ConvertAll(factors, value => (double)value);
        double[] offset = Array.ConvertAll(offsets, value => (double)value);
        if (import.LayerOf(input) is Rescaling before && !import.IsShared(input))
        {
            offset = Combine(Combine(before.Offset, scale, (own, factor) => own * factor), offset, (own, more) => own + more);
            scale = Combine(before.Scale, scale, (own, factor) => own * factor);
            input = import.InputsOf(input)[0] with { Axes = input.Axes, Flattened = input.Flattened };
        }

        return import.AddLike(new Rescaling { Name = name, Scale = scale, Offset = offset }, input);
    }

    private static double[] Combine(double[] left, double[] right, Func<double, double, double> function) =>
        [
            .. Enumerable
                .Range(0, Math.Max(left.Length, right.Length))
                .Select(i => function(left[left.Length == 1 ? 0 : i], right[right.Length == 1 ? 0 : i])),
        ];

    private static BatchNormalization Normalization(string name, float[] factors, float[] offsets) => new()
    {
        Name = name,
        Epsilon = 0,
        Gamma = NdArray<float>.Vector(factors),
        Beta = NdArray<float>.Vector(offsets),
        MovingMean = NdArray<float>.Vector(new float[factors.Length]),
        MovingVariance = NdArray<float>.Vector([.. factors.Select(_ => 1f)]),
    };

    /// <summary>
    /// Whether the average of the image comes next, rectified before or not, as where networks with normalization before
    /// their kernels end: processors have it behind convolutions of all channels, and not behind depthwise ones.
    /// </summary>
    private static bool IsAveraged(OnnxImport import, OnnxNode node)
    {
        for (int i = 0; i < MostBehind && import.Graph.Consumers(node.Output) is [var next]; i++)
        {
            if (next.OpType is "GlobalAveragePool" or "ReduceMean")
            {
                return true;
            }

            if (next.OpType is not ("Relu" or "Clip" or "Identity" or "Dropout"))
            {
                return false;
            }

            node = next;
        }

        return false;
    }

    private static Layer Cells(string name, float[] factors, float[] offsets, bool isDepthwise)
    {
        ConvolutionWindow window = new() { KernelSize = (1, 1) };
        bool useBias = offsets.Any(offset => offset != 0);
        NdArray<float> bias = NdArray<float>.Vector(offsets);
        if (isDepthwise)
        {
            return new DepthwiseConv2D
            {
                Name = name,
                Window = window,
                Kernel = new NdArray<float>(new Shape(1, 1, factors.Length, 1), factors),
                UseBias = useBias,
                Bias = bias,
            };
        }

        return new Conv2D
        {
            Name = name,
            Filters = factors.Length,
            Window = window,
            Kernel = SpatialKernel.Diagonal(factors),
            UseBias = useBias,
            Bias = bias,
        };
    }

    private static float[] Spread(float[] values, int channels) =>
        values.Length == channels ? values : [.. Enumerable.Repeat(values[0], channels)];
}
