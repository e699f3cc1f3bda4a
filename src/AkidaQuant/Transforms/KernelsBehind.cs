using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Which layers must have integers so that all kernels have: what is behind the last kernel is left to the host, which computes it in
/// float without any loss.
/// </summary>
internal static class KernelsBehind
{
    /// <summary>The names of kernels, identities apart, and of all layers in front of them.</summary>
    public static HashSet<string> Of(Model model)
    {
        HashSet<string> needed = new(StringComparer.Ordinal);
        foreach (Node node in model.Nodes.Reverse())
        {
            bool isKernel = node.Layer.HasQuantizableWeights && !IdentityConvolution.IsOne(node.Layer);
            if (isKernel || model.Consumers(node.Name).Any(consumer => needed.Contains(consumer.Name)))
            {
                needed.Add(node.Name);
            }
        }

        return needed;
    }
}
