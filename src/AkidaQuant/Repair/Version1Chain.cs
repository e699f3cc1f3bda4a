using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>The layers of a network that Akida 1.0 would compute: a chain, since it has no branches (convert.md 2.1).</summary>
internal static class Version1Chain
{
    /// <summary>
    /// From the input to the last layer in front of those that stay in float; null where it has branches, or layers with weights stand
    /// behind it.
    /// </summary>
    public static IReadOnlyList<Node>? Of(Model model)
    {
        List<Node> chain = [model.NodeOf(model.Input.Name)];
        while (!model.Outputs.Contains(chain[^1].Name)
            && model.Consumers(chain[^1].Name) is [{ Inputs.Count: 1, Layer.QuantizationObstacle: null } next])
        {
            chain.Add(next);
        }

        return HasWeightsBehind(model, chain[^1].Name) ? null : chain;
    }

    /// <summary>The first layer behind the input that computes something; null for none.</summary>
    public static Node? First(IReadOnlyList<Node> chain) =>
        chain.FirstOrDefault(node => node.Layer is not (InputLayer or Rescaling or Dropout));

    /// <summary>
    /// Whether the input is one that a first convolution of Akida 1.0 takes: images of bytes, or floats that become bytes.
    /// </summary>
    public static bool TakesImages(Model model) =>
        model.InputShape is { Rank: 3, Channels: 1 or 3 } && model.Input.Type is null or IntegerType.UInt8;

    private static bool HasWeightsBehind(Model model, string layer)
    {
        HashSet<string> seen = new([layer], StringComparer.Ordinal);
        Queue<string> next = new(seen);
        while (next.TryDequeue(out string? name))
        {
            foreach (Node consumer in model.Consumers(name).Where(consumer => seen.Add(consumer.Name)))
            {
                if (consumer.Layer.HasQuantizableWeights)
                {
                    return true;
                }

                next.Enqueue(consumer.Name);
            }
        }

        return false;
    }
}
