using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes a batch normalization that no kernel takes in, which the reference leaves in float with all that is behind it, a kernel of its own:
/// over rows a dense layer, over images a convolution of one cell. Akida 1.0 has no kernel without a rectifier behind.
/// </summary>
internal sealed class NormalizationKernels : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is BatchNormalization normalization
                && context.Problem(node.Name, Judgement.StaysFloat) is { } problem
                && IsOverChannels(model, node)
                && Kernel(normalization, model.Plan[node.Name].Prepared.Output.Shape) is { } kernel)
            {
                editor.Replace(kernel);
                context.Changed(problem, node.Name, $"becomes a {kernel.ClassName} of one cell");
            }
        }

        return editor.Build();
    }

    /// <summary>Whether a batch normalization treats each channel by itself.</summary>
    public static bool IsOverChannels(Model model, Node node)
    {
        int axis = ((BatchNormalization)node.Layer).Axis;
        return axis == -1 || axis == model.Plan[node.Name].Prepared.Output.Shape.Rank;
    }

    /// <summary>What a batch normalization multiplies each channel with, and what it adds.</summary>
    public static (float[] Factors, float[] Offsets) Affine(BatchNormalization normalization)
    {
        float[] factors = normalization.Factors();
        return (factors,
        [
            .. factors.Select((factor, i) =>
                (float)((normalization.Center ? normalization.Beta.Values[i] : 0d) - ((double)normalization.MovingMean.Values[i] * factor))),
        ]);
    }

    private static Layer? Kernel(BatchNormalization normalization, Shape shape)
    {
        (float[] factors, float[] offsets) = Affine(normalization);
        return (shape.Rank, shape.Channels) switch
        {
            (1, <= IdentityConvolution.MostChannels) => new Dense
            {
                Name = normalization.Name,
                Units = shape.Channels,
                Kernel = DiagonalMatrix.Of(factors),
                Bias = NdArray<float>.Vector(offsets),
            },
            (3, <= IdentityConvolution.MostChannels) => new Conv2D
            {
                Name = normalization.Name,
                Filters = shape.Channels,
                Window = new ConvolutionWindow { KernelSize = (1, 1) },
                Kernel = SpatialKernel.Diagonal(factors),
                Bias = NdArray<float>.Vector(offsets),
            },
            _ => null,
        };
    }
}
