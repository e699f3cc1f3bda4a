using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx;

/// <summary>What several nodes compute together that a layer here computes alone.</summary>
/// <param name="Name">What it is, for reports.</param>
/// <param name="Needs">The tensors that it is computed from, the one that depends on samples first.</param>
/// <param name="Import">Makes layers of the node that ends it.</param>
internal sealed record OnnxSpelling(string Name, IReadOnlyList<string> Needs, Action<OnnxNode, OnnxImport> Import)
{
    /// <summary>All of a graph, by the nodes that end them.</summary>
    public static IReadOnlyDictionary<OnnxNode, OnnxSpelling> Find(OnnxGraph graph)
    {
        OnnxScalars scalars = new(graph);
        Dictionary<OnnxNode, OnnxSpelling> found = new(ReferenceEqualityComparer.Instance);
        OnnxPointwise functions = new(graph, scalars);
        OnnxNormalization normalizations = new(graph, scalars);
        foreach (OnnxNode node in graph.Nodes.Where(node => node.Domain.Length == 0))
        {
            graph.File.Cancellation.ThrowIfCancellationRequested();
            if ((normalizations.Find(node) ?? functions.Find(node)) is { } spelling)
            {
                found[node] = spelling;
            }
        }

        return found;
    }
}
