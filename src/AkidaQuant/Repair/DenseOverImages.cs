using AkidaQuant.Akida.Conversion;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>Makes a dense layer over each position of an image the convolution of one cell that it is (convert.md 4.6).</summary>
internal sealed class DenseOverImages : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is Dense { HasQuantizableWeights: true } dense
                && model.Plan[node.Name].Prepared.Output.Shape is { Rank: 3 }
                && context.BlockProblem(node.Name, "AkidaDenseShape", "AkidaPatternUnknown") is { } problem)
            {
                editor.Replace(Convolution(dense));
                context.Changed(problem, node.Name, "becomes a convolution of 1x1, which takes an image");
            }
        }

        return editor.Build();
    }

    /// <summary>The convolution of one cell with the weights of a dense layer.</summary>
    public static Conv2D Convolution(Dense dense) => new()
    {
        Name = dense.Name,
        Filters = dense.Units,
        Window = new ConvolutionWindow { KernelSize = (1, 1), Padding = Padding.Same },
        Kernel = dense.Kernel with { Shape = new Shape(1, 1, dense.Kernel.Shape[0], dense.Units) },
        UseBias = dense.UseBias,
        Bias = dense.Bias,
        Activation = dense.Activation,
    };
}
