namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// Says why a network cannot be imported: not the first oddity on the way, but what it is that no layer here computes, and which part
/// before it can be imported.
/// </summary>
internal static class OnnxObstacles
{
    /// <summary>How far before a product a softmax may lie that makes it attention.</summary>
    private const int MostBetween = 8;

    private const string Recurrent =
        "which no layer here computes. What Akida 2.0 has for sequences are temporal convolutions over frames (BufferTempConv), and networks that are written with StatefulRecurrent";

    private const string Decided =
        "and networks whose loops and branches are decided as they run cannot be quantized. Export the model so that it always takes one way";

    private static readonly Dictionary<string, (string Id, string What)> Kinds = new(StringComparer.Ordinal)
    {
        ["LSTM"] = ("OnnxRecurrent", $"it is a recurrent layer (LSTM), {Recurrent}"),
        ["GRU"] = ("OnnxRecurrent", $"it is a recurrent layer (GRU), {Recurrent}"),
        ["RNN"] = ("OnnxRecurrent", $"it is a recurrent layer (RNN), {Recurrent}"),
        ["Attention"] = ("OnnxAttention", Attention()),
        ["MultiHeadAttention"] = ("OnnxAttention", Attention()),
        ["GroupQueryAttention"] = ("OnnxAttention", Attention()),
        ["Loop"] = ("OnnxControlFlow", $"it is a loop, {Decided}"),
        ["Scan"] = ("OnnxControlFlow", $"it is a loop, {Decided}"),
        ["If"] = ("OnnxControlFlow", $"it is a branch, {Decided}"),
    };

    /// <summary>The error about the real obstacle of a network whose import failed, with the part before it that can be imported.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="import">What was imported.</param>
    /// <param name="failed">The node that was imported last.</param>
    /// <param name="error">Why it was not.</param>
    public static QuantException Explain(OnnxGraph graph, OnnxImport import, OnnxNode failed, QuantException error)
    {
        if (error.Kind != QuantErrorKind.NotSupported || error.Id == "ModelTooLarge")
        {
            return error;
        }

        (OnnxNode node, QuantException reason) = Find(graph) ?? (failed, error);
        string advice = LastCut(graph, import, node) is { } tensor
            ? $" The part before it can be imported: Import-QuantModel -Output '{tensor}'."
            : string.Empty;
        return new QuantException(reason.Id, reason.Kind, reason.Message + advice, reason.Target, error.InnerException);
    }

    private static string Attention() =>
        "it is attention, which multiplies tensors of the network with each other as matrices. Akida has no layer for that: use convolutions and dense layers";

    /// <summary>The first node that is of a kind that no layer computes, with an error that says so; null for none.</summary>
    public static (OnnxNode Node, QuantException Error)? Find(OnnxGraph graph)
    {
        HashSet<string> sampled = Sampled(graph);
        foreach (OnnxNode node in graph.Nodes)
        {
            if (Kinds.TryGetValue(node.OpType, out (string Id, string What) kind) && node.Domain != OnnxFunctions.QuantizedDomain)
            {
                return (node, node.Error(kind.Id, kind.What));
            }

            if (node.Domain.Length > 0)
            {
                continue;
            }

            if (node.OpType is "Gather" or "GatherElements" or "GatherND" && node.HasInput(1) && sampled.Contains(node.Inputs[1]))
            {
                return (node, sampled.Contains(node.Inputs[0])
                    ? node.Error(
                        "OnnxSelection",
                        "it selects values by indices that the network computes, and only indices that are known have a layer here. Select outside of the network")
                    : node.Error(
                        "OnnxEmbedding",
                        "it looks up rows of a table by its input (an embedding), and Akida computes with values, not with indices. Look the rows up outside of the network, and give it these as samples"));
            }

            if (node.OpType is "MatMul" or "Einsum" && node.Inputs.Count(sampled.Contains) > 1)
            {
                return (node, node.Error("OnnxAttention", IsAttention(graph, node)
                    ? Attention()
                    : "it multiplies two tensors of the network as matrices, and only a matrix of constant weights has a layer here. Use nn.Linear, or convolutions"));
            }
        }

        return null;
    }

    /// <summary>Whether a softmax comes shortly before or behind a product of tensors.</summary>
    private static bool IsAttention(OnnxGraph graph, OnnxNode product)
    {
        return Near(product, node => node.Outputs.SelectMany(graph.Consumers))
            || Near(product, node => node.Inputs.Select(graph.Producer).OfType<OnnxNode>());

        static bool Near(OnnxNode from, Func<OnnxNode, IEnumerable<OnnxNode>> next)
        {
            Queue<OnnxNode> open = new(next(from));
            for (int i = 0; i < MostBetween && open.TryDequeue(out OnnxNode? node); i++)
            {
                if (node.OpType == "Softmax")
                {
                    return true;
                }

                foreach (OnnxNode further in next(node))
                {
                    open.Enqueue(further);
                }
            }

            return false;
        }
    }

    /// <summary>The tensors whose values depend on samples; shapes do not.</summary>
    private static HashSet<string> Sampled(OnnxGraph graph)
    {
        HashSet<string> sampled = new(StringComparer.Ordinal) { graph.Input.Name };
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node.OpType is not ("Shape" or "Size") && node.Inputs.Any(sampled.Contains))
            {
                sampled.UnionWith(node.Outputs.Where(output => output.Length > 0));
            }
        }

        return sampled;
    }

    /// <summary>
    /// The last tensor that was imported and that all ways from the input to a node pass; null where that is the input itself.
    /// </summary>
    private static string? LastCut(OnnxGraph graph, OnnxImport import, OnnxNode obstacle)
    {
        HashSet<string> sampled = Sampled(graph);
        HashSet<OnnxNode> before = Before(graph, obstacle, sampled);
        Dictionary<string, int> left = new(StringComparer.Ordinal)
        {
            [graph.Input.Name] = Count(graph.Input.Name),
        };
        string? cut = null;
        foreach (OnnxNode node in graph.Nodes.Where(before.Contains))
        {
            if (left is { Count: 1 } && left.Keys.First() is var only && only != graph.Input.Name && import.IsMade(only))
            {
                cut = only;
            }

            foreach (string input in node.Inputs.Where(sampled.Contains))
            {
                if (left.TryGetValue(input, out int takers) && takers > 1)
                {
                    left[input] = takers - 1;
                }
                else
                {
                    left.Remove(input);
                }
            }

            foreach (string output in node.Outputs.Where(output => node != obstacle && sampled.Contains(output) && Count(output) > 0))
            {
                left[output] = Count(output);
            }
        }

        return cut;

        int Count(string tensor) => graph.Consumers(tensor).Count(before.Contains);
    }

    /// <summary>A node and all nodes that it needs and whose values depend on samples.</summary>
    private static HashSet<OnnxNode> Before(OnnxGraph graph, OnnxNode node, HashSet<string> sampled)
    {
        HashSet<OnnxNode> before = new(ReferenceEqualityComparer.Instance) { node };
        Stack<OnnxNode> open = new([node]);
        while (open.TryPop(out OnnxNode? next))
        {
            foreach (string input in next.Inputs.Where(sampled.Contains))
            {
                if (graph.Producer(input) is { } producer && before.Add(producer))
                {
                    open.Push(producer);
                }
            }
        }

        return before;
    }
}
