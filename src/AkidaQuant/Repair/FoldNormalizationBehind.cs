using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Takes a batch normalization that no kernel in front takes in, as one behind an activation, into the kernel and bias behind it, where no
/// border of zeros lies between.
/// </summary>
internal sealed class FoldNormalizationBehind : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach ((Node first, Node second) in
            LayerPairs.Find(model, layer => layer is BatchNormalization, layer => layer is Dense or Conv2D))
        {
            var normalization = (BatchNormalization)first.Layer;
            if (context.Problem(first.Name, Judgement.StaysFloat) is { } problem
                && !editor.IsOutput(first.Name)
                && NormalizationForms.IsOverChannels(model, first)
                && NormalizationForms.Behind(model, second, normalization) is { } layer)
            {
                editor.Replace(layer);
                editor.Remove(first.Name);
                context.Changed(problem, first.Name, $"is folded into the kernel of '{second.Name}' behind it", [second.Name]);
            }
        }

        return editor.Build();
    }
}
