using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes a batch normalization that no kernel takes in, which the reference leaves in float with all that is behind it, a kernel of its
/// own: over rows a dense layer, over images a convolution of one cell. Akida 1.0 has no kernel without a rectifier behind.
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
                && NormalizationForms.IsOverChannels(model, node)
                && NormalizationForms.Kernel(normalization, model.Plan[node.Name].Prepared.Output.Shape) is { } kernel)
            {
                editor.Replace(kernel);
                context.Changed(problem, node.Name, $"becomes a {kernel.ClassName} of one cell");
            }
        }

        return editor.Build();
    }
}
