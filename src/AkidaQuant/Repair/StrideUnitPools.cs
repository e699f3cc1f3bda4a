using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes a maximum pool of one cell, which only leaves cells out, into a depthwise convolution with its strides, whose kernel of 3x3 is 1
/// in one cell: processors have no such pool, and the smaller kernel not with these strides (akida-model.md 2.3).
/// </summary>
internal sealed class StrideUnitPools : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is MaxPooling2D { Window: { KernelSize: (1, 1), Strides: (2, 2) } } pool
                && (context.OwnForm(node.Name, Judgement.UnknownPattern)
                    ?? context.BlockProblem(node.Name, Judgement.UnknownPattern)) is { } problem)
            {
                ConvolutionGeometry geometry = pool.Window.OverPool(pool, model.Plan[node.Inputs[0]].Prepared.Output.Shape);
                if (SpatialKernel.Place(geometry, (3, 3)) is { } cell)
                {
                    editor.Replace(SpatialKernel.Extend(Strided(pool, geometry.InputChannels), (3, 3), cell));
                    context.Changed(problem, node.Name, "becomes a depthwise convolution of 3x3 with its strides");
                }
            }
        }

        return editor.Build();
    }

    private static DepthwiseConv2D Strided(MaxPooling2D pool, int channels) => new()
    {
        Name = pool.Name,
        Window = pool.Window,
        Kernel = new NdArray<float>(new Shape(1, 1, channels, 1), [.. Enumerable.Repeat(1f, channels)]),
        UseBias = false,
    };
}
