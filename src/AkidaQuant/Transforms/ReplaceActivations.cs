using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>Makes activations that have a layer of their own into that layer (transforms.md 4.2).</summary>
internal sealed class ReplaceActivations : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is Activation { Function: "relu" })
            {
                editor.Replace(new ReLU { Name = node.Name });
                log.Rewritten(node.Name, "becomes a ReLU");
            }
            else if (node.Layer is Activation { Function: var function } && TableFunction.Normalize(function) is { } table)
            {
                editor.Replace(new TableActivation { Name = node.Name, Function = table });
                log.Rewritten(node.Name, $"becomes an activation that can be quantized to a table of '{table}'");
            }
        }

        return editor.Build();
    }
}
