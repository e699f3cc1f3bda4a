using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes TensorFlow functions that a network calls directly into the layers that do the same (transforms.md 4.2).
/// Functions that have no such layer stay. A function that was given a name passes it on.
/// </summary>
internal sealed class ReplaceOperators : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not TFOpLambda call
                || OperatorFunctions.Replacement(call, Input(model, node)) is not { } layer
                || layer is not (Multiply or { QuantizationObstacle: null }))
            {
                continue;
            }

            if (layer is Add && Input(model, node, 1) is var other && other != Input(model, node))
            {
                log.Kept(node.Name, $"does not become an Add: its inputs have the different shapes {Input(model, node)} and {other}");
                continue;
            }

            string name = call.Find("name") is { Value: string given } && given != node.Name ? editor.FreeName(given) : node.Name;
            editor.Replace(node.Name, layer with { Name = name });
            log.Rewritten(node.Name, $"becomes the {layer.ClassName} '{name}'");
        }

        return editor.Build();
    }

    private static Shape Input(Model model, Node node, int index = 0) => model.Plan[node.Inputs[index]].Prepared.Output.Shape;
}
