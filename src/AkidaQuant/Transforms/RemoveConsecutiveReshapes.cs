using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>Keeps only the last of Reshape and Flatten layers that follow each other (transforms.md 4.7).</summary>
internal sealed class RemoveConsecutiveReshapes : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach ((Node first, Node second) in LayerPairs.Find(model, IsReshape, IsReshape))
        {
            if (editor.IsOutput(first.Name))
            {
                log.Kept(first.Name, "is reshaped again right after, but the model also gives its output");
                continue;
            }

            editor.Remove(first.Name);
            log.Rewritten(first.Name, $"is removed: '{second.Name}' reshapes its output again");
        }

        return editor.Build();
    }

    private static bool IsReshape(Layer layer) => layer is Reshape or Flatten;
}
