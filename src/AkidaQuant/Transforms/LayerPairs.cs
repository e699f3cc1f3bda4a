using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>Finds layers that follow each other with nothing else between (transforms.md 3.1).</summary>
internal static class LayerPairs
{
    /// <summary>
    /// The pairs of a first layer whose output one layer takes once, and that layer, in the order of the second.
    /// </summary>
    public static IEnumerable<(Node First, Node Second)> Find(Model model, Predicate<Layer> isFirst, Predicate<Layer> isSecond)
    {
        foreach (Node second in model.Nodes)
        {
            if (isSecond(second.Layer)
                && second.Inputs.Count == 1
                && isFirst(model.NodeOf(second.Inputs[0]).Layer)
                && model.Consumers(second.Inputs[0]).Count == 1)
            {
                yield return (model.NodeOf(second.Inputs[0]), second);
            }
        }
    }
}
