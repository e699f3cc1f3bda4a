using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>Makes activations inside of layers into layers of their own (transforms.md 4.1).</summary>
internal sealed class SplitFusedActivations : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not WeightedLayer { Activation: not ActivationFunction.Linear } fused)
            {
                continue;
            }

            string name = editor.FreeName($"{node.Name}_activ");
            editor.Replace(fused with { Activation = ActivationFunction.Linear });
            editor.InsertAfter(
                node.Name,
                new Activation { Name = name, Function = fused.Activation == "silu" ? "swish" : fused.Activation },
                moveOutputs: true);
            log.Rewritten(node.Name, $"gives its activation '{fused.Activation}' to the new layer '{name}'");
        }

        return editor.Build();
    }
}
