using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Moves max pooling before the activation that it follows (transforms.md 4.9). Exact for activations that never
/// fall: the largest output is then that of the largest input.
/// </summary>
internal sealed class InvertActivationAndMaxPooling : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach ((Node activation, Node pooling) in LayerPairs.Find(model, layer => layer.IsActivation, layer => layer is MaxPooling2D))
        {
            if (editor.IsOutput(activation.Name))
            {
                log.Kept(activation.Name, $"stays before '{pooling.Name}': the model gives its output");
            }
            else if (!activation.Layer.NeverFalls)
            {
                log.Kept(
                    activation.Name,
                    $"stays before '{pooling.Name}': it falls somewhere, where the largest input does not give the largest output");
            }
            else
            {
                editor.Swap(activation.Name, pooling.Name);
                log.Rewritten(activation.Name, $"goes behind '{pooling.Name}'");
            }
        }

        return editor.Build();
    }
}
