using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives an activation that no kernel is in front of, as behind a sum that a convolution takes as well or behind another activation, one
/// that changes nothing: an Akida layer with an activation is a convolution or a dense layer (convert.md 2.4).
/// </summary>
internal sealed class IdentityBeforeActivation : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer.IsActivation
                && !TakesIn(model, model.NodeOf(node.Inputs[0]))
                && context.BlockProblem(node.Name, "AkidaPatternUnknown", "AkidaLayerShared") is { } problem
                && Identity(editor, model, node) is { } identity)
            {
                editor.InsertBefore(node.Name, 0, identity);
                context.Changed(problem, node.Name, $"gets the identity '{identity.Name}' in front", [identity.Name]);
            }
        }

        return editor.Build();
    }

    /// <summary>Whether an activation can become part of what is before it.</summary>
    private static bool TakesIn(Model model, Node before) =>
        before.Layer is WeightedLayer or MaxPooling2D or GlobalAveragePooling2D && model.Consumers(before.Name).Count == 1;

    private static Layer? Identity(GraphEditor editor, Model model, Node node)
    {
        string name = editor.FreeName($"{node.Name}_identity");
        Shape shape = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
        return (shape.Rank, shape.Channels) switch
        {
            (3, <= IdentityConvolution.MostChannels) => IdentityConvolution.Create(name, shape.Channels),
            (1, <= IdentityConvolution.MostChannels) => IdentityConvolution.CreateDense(name, shape.Channels),
            _ => null,
        };
    }
}
