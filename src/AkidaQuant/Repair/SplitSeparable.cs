using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes a separable convolution into its two halves, a depthwise and a pointwise one: Akida 2.0 has no layer for both
/// (convert.md 2.4), and Akida 1.0 none for a depth multiplier.
/// </summary>
internal sealed class SplitSeparable : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is SeparableConv2D separable
                && context.Problem(node.Name, "AkidaPatternUnknown", Judgement.StaysFloat) is { } problem)
            {
                string name = editor.FreeName($"{node.Name}_depthwise");
                editor.InsertBefore(node.Name, 0, Depthwise(name, separable));
                editor.Replace(Pointwise(separable));
                context.Changed(problem, node.Name, $"leaves its depthwise half to the new layer '{name}'", [name]);
            }
        }

        return editor.Build();
    }

    private static DepthwiseConv2D Depthwise(string name, SeparableConv2D separable) => new()
    {
        Name = name,
        Window = separable.Window,
        DepthMultiplier = separable.DepthMultiplier,
        Kernel = separable.DepthwiseKernel,
        UseBias = false,
    };

    private static Conv2D Pointwise(SeparableConv2D separable) => new()
    {
        Name = separable.Name,
        Filters = separable.Filters,
        Window = new ConvolutionWindow { KernelSize = (1, 1), Padding = Padding.Same },
        Kernel = separable.PointwiseKernel,
        UseBias = separable.UseBias,
        Bias = separable.Bias,
        Activation = separable.Activation,
    };
}
