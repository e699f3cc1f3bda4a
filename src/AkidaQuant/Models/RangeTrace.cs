using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>
/// Keeps the known ranges of layers with the tensors that they are of, where a model was rewritten: layers that took others in give
/// what those gave, and layers that changed places give what the other one did.
/// </summary>
internal static class RangeTrace
{
    /// <summary>The ranges of the rewritten model.</summary>
    /// <param name="before">The model with ranges.</param>
    /// <param name="after">The same, rewritten: layers that stay have their names.</param>
    public static IReadOnlyDictionary<string, TensorRange> Carry(Model before, Model after)
    {
        Dictionary<string, TensorRange> ranges = new(StringComparer.Ordinal);
        foreach (Node node in before.Nodes)
        {
            TensorRange? range = before.Ranges.TryGetValue(node.Name, out TensorRange own) ? own : null;
            if (GiverOf(node, before, after) is not { } giver)
            {
                continue;
            }

            // A layer that comes later has the last word: it is what the giver gives now.
            if (range is { } known)
            {
                ranges[giver] = known;
            }
            else if (giver != node.Name)
            {
                ranges.Remove(giver);
            }
        }

        return ranges;
    }

    /// <summary>The layer that gives now what a layer gave; null where none is known to.</summary>
    private static string? GiverOf(Node node, Model before, Model after)
    {
        if (after.Find(node.Name) is { } same)
        {
            // Of two layers that changed places the one behind gives the result now.
            if (same.Inputs is [var first] && before.Find(first)?.Inputs.Contains(node.Name) == true)
            {
                return null;
            }

            return node.Inputs.FirstOrDefault(name => after.Find(name)?.Inputs.Contains(node.Name) == true) ?? node.Name;
        }

        Node gone = node;
        while (gone.Inputs is [var input] && before.Find(input) is { } producer)
        {
            if (after.Find(input) is { } taker)
            {
                return !ReferenceEquals(taker.Layer, producer.Layer) && taker.Layer is not InputLayer
                    && Names(after, taker.Name, before).SetEquals(Names(before, node.Name, after))
                    ? input
                    : null;
            }

            gone = producer;
        }

        return null;
    }

    /// <summary>The layers of both models that take what a layer of one gives.</summary>
    private static HashSet<string> Names(Model model, string layer, Model other) =>
        [.. model.Consumers(layer).Select(consumer => consumer.Name).Where(name => other.Find(name) is not null)];
}
