using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Gives layers without integers the forms that have some, in networks from ONNX files: the reference leaves such layers of networks from
/// Keras in float, where a repair gives them. Behind the last kernel they stay.
/// </summary>
internal sealed class ReplaceFloatLayers : IRewrite
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
            if (needed.Contains(node.Name) && IntegerForm.Of(model, node) is { } form)
            {
                form.Apply(editor);
                log.Rewritten(node.Name, form.Action);
            }
        }

        return editor.Build();
    }
}
