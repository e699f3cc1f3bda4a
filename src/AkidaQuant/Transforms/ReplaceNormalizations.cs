using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Takes batch normalizations that no kernel in front takes in, as those behind an activation, into the kernel behind, or makes them
/// kernels of their own, in networks from ONNX files. The reference leaves those of networks from Keras in float, where a repair does it.
/// Behind the last kernel they stay.
/// </summary>
internal sealed class ReplaceNormalizations : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        if (!model.Input.IsFromOnnx)
        {
            return model;
        }

        GraphEditor editor = new(model);
        HashSet<string> needed = KernelsBehind.Of(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not BatchNormalization normalization
                || !needed.Contains(node.Name)
                || !NormalizationForms.IsOverChannels(model, node))
            {
                continue;
            }

            if (!editor.IsOutput(node.Name)
                && editor.Consumers(node.Name) is [{ Inputs.Count: 1 } consumer]
                && NormalizationForms.Behind(model, consumer, normalization) is { } behind)
            {
                editor.Replace(behind);
                editor.Remove(node.Name);
                log.Rewritten(node.Name, $"is folded into '{consumer.Name}' behind it");
            }
            else if (NormalizationForms.Kernel(normalization, model.Plan[node.Name].Prepared.Output.Shape) is { } kernel)
            {
                editor.Replace(kernel);
                log.Rewritten(node.Name, $"becomes a {kernel.ClassName} of one cell, because no kernel around it could take it in");
            }
        }

        return editor.Build();
    }
}
