using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives a depthwise kernel with several outputs a channel an input that has each channel as often, by a convolution of ones: in
/// integers depthwise kernels have one output a channel (layers.md 4.4). Of one channel the kernel is that of a convolution already. Akida 1.0
/// has no kernel without a rectifier behind.
/// </summary>
internal sealed class RepeatChannels : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Problem(node.Name) is { } problem
                && Single(node.Layer) is { } single
                && (single.Channels == 1 || context.Version == AkidaVersion.V2))
            {
                editor.Replace(single.Layer);
                if (single.Channels == 1)
                {
                    context.Changed(problem, node.Name, "becomes a convolution of its one channel");
                    continue;
                }

                string name = editor.FreeName($"{node.Name}_repeat");
                editor.InsertBefore(node.Name, 0, Selection(name, single.Channels, single.Multiplier));
                context.Changed(problem, node.Name, $"gets each channel {single.Multiplier} times from the new layer '{name}'", [name]);
            }
        }

        return editor.Build();
    }

    private static (Layer Layer, int Channels, int Multiplier)? Single(Layer layer)
    {
        switch (layer)
        {
            case DepthwiseConv2D { DepthMultiplier: > 1 } depthwise when depthwise.Kernel.Shape[2] == 1:
                return (new Conv2D
                {
                    Name = depthwise.Name,
                    Filters = depthwise.DepthMultiplier,
                    Window = depthwise.Window,
                    Kernel = depthwise.Kernel,
                    UseBias = depthwise.UseBias,
                    Bias = depthwise.Bias,
                    Activation = depthwise.Activation,
                }, 1, depthwise.DepthMultiplier);
            case DepthwiseConv2D { DepthMultiplier: > 1 } depthwise:
                DepthwiseConv2D own = depthwise with { DepthMultiplier = 1, Kernel = Single(depthwise.Kernel) };
                return (own, depthwise.Kernel.Shape[2], depthwise.DepthMultiplier);
            case SeparableConv2D { DepthMultiplier: > 1 } separable when separable.DepthwiseKernel.Shape[2] > 1:
                SeparableConv2D both = separable with { DepthMultiplier = 1, DepthwiseKernel = Single(separable.DepthwiseKernel) };
                return (both, separable.DepthwiseKernel.Shape[2], separable.DepthMultiplier);
            default:
                return null;
        }
    }

    /// <summary>The kernel of the repeated channels: its values are in that order.</summary>
    private static NdArray<float> Single(NdArray<float> kernel) =>
        new(new Shape(kernel.Shape[0], kernel.Shape[1], kernel.Shape[2] * kernel.Shape[3], 1), kernel.Values);

    private static Conv2D Selection(string name, int channels, int times)
    {
        int filters = channels * times;
        float[] kernel = new float[channels * filters];
        for (int filter = 0; filter < filters; filter++)
        {
            kernel[(filter / times * filters) + filter] = 1;
        }

        return new Conv2D
        {
            Name = name,
            Filters = filters,
            Window = new ConvolutionWindow { KernelSize = (1, 1), Padding = Geometry.Padding.Same },
            Kernel = new NdArray<float>(new Shape(1, 1, channels, filters), kernel),
            UseBias = false,
        };
    }
}
