using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Lets one convolution take the end of the first block of a model where several layers would
/// (transforms.md 5.5.3).
/// </summary>
internal sealed class InsertIdentityAfterInput : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        Node end = Follow(model, model.NodeOf(model.Input.Name), layer => layer is InputLayer or Rescaling, _ => true);
        if (end.Layer is not Conv2D convolution || convolution.Kernel.Shape[2] * convolution.Groups is not (1 or 3))
        {
            return model;
        }

        end = Follow(model, end, _ => true, layer => layer.IsActivation || layer is MaxPooling2D);
        if (model.Consumers(end.Name).Count < 2)
        {
            return model;
        }

        GraphEditor editor = new(model);
        string name = editor.FreeName(end.Name + IdentityConvolution.Suffix);
        editor.InsertAfter(end.Name, IdentityConvolution.Create(name, convolution.Filters));
        log.Rewritten(end.Name, $"is followed by the new layer '{name}' alone");
        return editor.Build();
    }

    private static Node Follow(Model model, Node node, Predicate<Layer> goesOn, Predicate<Layer> isNext)
    {
        while (goesOn(node.Layer) && model.Consumers(node.Name) is [Node next] && isNext(next.Layer))
        {
            node = next;
        }

        return node;
    }
}
