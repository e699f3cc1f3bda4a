using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>Lets the sum or concatenation of the model's input with itself take two tensors (transforms.md 5.5.4).</summary>
internal sealed class InsertIdentityBeforeDoubleInput : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is Add or Concatenate
                && node.Inputs.Count == 2
                && node.Inputs[0] == node.Inputs[1]
                && model.NodeOf(node.Inputs[0]).Layer is InputLayer
                && IdentityConvolution.Channels(model, node.Inputs[0]) is { } channels)
            {
                string name = editor.FreeName(node.Inputs[0] + IdentityConvolution.Suffix);
                editor.InsertBefore(node.Name, 0, IdentityConvolution.Create(name, channels));
                log.Rewritten(node.Name, $"takes its first input through the new layer '{name}'");
            }
        }

        return editor.Build();
    }
}
