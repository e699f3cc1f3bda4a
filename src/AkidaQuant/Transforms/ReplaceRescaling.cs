using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes a Rescaling that no kernel behind it took up a kernel of its own, which has a quantized form: over rows a dense
/// layer, over images a convolution of one cell. The reference leaves such layers, and all behind them, in float, or
/// cannot quantize what takes a scale with its integers.
/// </summary>
internal sealed class ReplaceRescaling : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not Rescaling rescaling || editor.IsOutput(node.Name) || !NeedsKernel(model, node.Name, rescaling))
            {
                continue;
            }

            Layer? kernel = Kernel(
                rescaling,
                model.Plan[node.Name].Prepared.Output.Shape,
                isBehindInput: model.NodeOf(node.Inputs[0]).Layer is InputLayer);
            if (kernel is null)
            {
                log.Kept(node.Name, "stays: only rows and images of a few thousand channels are rescaled by a kernel");
                continue;
            }

            editor.Replace(kernel);
            log.Rewritten(node.Name, $"becomes a {kernel.ClassName} of one cell, because no kernel behind it could take it up");
        }

        return editor.Build();
    }

    private static bool NeedsKernel(Model model, string name, Rescaling rescaling) =>
        HasNoForm(rescaling) || (rescaling.Scale is not [1] && MeetsIntegers(model, name));

    private static bool HasNoForm(Rescaling rescaling) => rescaling.QuantizationObstacle is not null || rescaling.Scale is [<= 0];

    /// <summary>
    /// Whether a scale meets a layer whose integers have none besides their fractional bits (layers.md 2.3), past those that hand
    /// it on.
    /// </summary>
    private static bool MeetsIntegers(Model model, string name)
    {
        // A loop, because a file can have any number of layers in a row.
        Stack<string> scaled = new([name]);
        while (scaled.TryPop(out string? from))
        {
            foreach (Node consumer in model.Consumers(from))
            {
                switch (consumer.Layer)
                {
                    case DepthwiseConv2D or SeparableConv2D or Conv2DTranspose or DepthwiseConv2DTranspose or Add or Concatenate or Permute:
                    case { IsActivation: true, RequiresAlignedInputs: true }:
                    case Rescaling next when HasNoForm(next):
                        return true;
                    case Rescaling or Reshape or MaxPooling2D or { IsActivation: true }:
                        scaled.Push(consumer.Name);
                        break;
                }
            }
        }

        return false;
    }

    private static Layer? Kernel(Rescaling rescaling, Shape shape, bool isBehindInput)
    {
        int channels = shape.Channels;
        float[] scale = Spread(rescaling.Scale, channels);
        float[] offset = Spread(rescaling.Offset, channels);
        bool useBias = offset.Any(value => value != 0);
        NdArray<float> bias = NdArray<float>.Vector(useBias ? offset : []);
        ConvolutionWindow cell = new() { KernelSize = (1, 1) };
        return (shape.Rank, channels) switch
        {
            (1, <= IdentityConvolution.MostChannels) => new Dense
            {
                Name = rescaling.Name,
                Units = channels,
                Kernel = DiagonalMatrix.Of(scale),
                UseBias = useBias,
                Bias = bias,
            },

            // Behind the input it is to take up the zero point of unsigned samples, which a depthwise one cannot.
            (3, <= IdentityConvolution.MostChannels) when isBehindInput => new Conv2D
            {
                Name = rescaling.Name,
                Filters = channels,
                Window = cell,
                Kernel = SpatialKernel.Diagonal(scale),
                UseBias = useBias,
                Bias = bias,
            },
            (3, _) => new DepthwiseConv2D
            {
                Name = rescaling.Name,
                Window = cell,
                Kernel = new NdArray<float>(new Shape(1, 1, channels, 1), scale),
                UseBias = useBias,
                Bias = bias,
            },
            _ => null,
        };
    }

    private static float[] Spread(double[] values, int channels) =>
        [.. Enumerable.Range(0, channels).Select(i => (float)values[values.Length == 1 ? 0 : i])];
}
