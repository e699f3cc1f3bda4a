using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>Puts the nodes of a graph in the order that Keras gives them (tools.md 6.3).</summary>
internal static class NodeOrder
{
    public static IReadOnlyList<Node> Sort(string model, IReadOnlyList<Node> nodes, IReadOnlyList<string> outputs)
    {
        Dictionary<string, Node> byName = new(StringComparer.Ordinal);
        foreach (Node node in nodes)
        {
            if (!byName.TryAdd(node.Name, node))
            {
                throw Invalid(model, node.Name, $"two layers are called '{node.Name}'. Give every layer its own name.");
            }
        }

        foreach (string output in outputs)
        {
            if (!byName.ContainsKey(output))
            {
                throw Invalid(model, output, $"its output '{output}' is not one of its layers.");
            }
        }

        if (outputs.Count == 0)
        {
            throw Invalid(model, model, "it has no output.");
        }

        if (nodes.All(node => node.Layer is not InputLayer))
        {
            throw Invalid(model, model, "it has no input layer.");
        }

        List<Node> done = Visit(model, byName, outputs, out Dictionary<string, int> traversal);
        Dictionary<string, int> depth = new(StringComparer.Ordinal);
        for (int i = done.Count - 1; i >= 0; i--)
        {
            int own = depth.GetValueOrDefault(done[i].Name);
            depth[done[i].Name] = own;
            foreach (string input in done[i].Inputs)
            {
                depth[input] = Math.Max(depth.GetValueOrDefault(input), own + 1);
            }
        }

        return [.. done.OrderByDescending(node => depth[node.Name]).ThenBy(node => traversal[node.Name])];
    }

    private static List<Node> Visit(
        string model, Dictionary<string, Node> byName, IReadOnlyList<string> outputs, out Dictionary<string, int> traversal)
    {
        List<Node> done = [];
        traversal = new Dictionary<string, int>(StringComparer.Ordinal);
        HashSet<string> finished = new(StringComparer.Ordinal);
        HashSet<string> open = new(StringComparer.Ordinal);
        Stack<(Node Node, int Next)> stack = new();
        foreach (string output in outputs)
        {
            if (finished.Contains(output))
            {
                continue;
            }

            traversal.TryAdd(output, traversal.Count);
            open.Add(output);
            stack.Push((byName[output], 0));
            while (stack.TryPop(out (Node Node, int Next) top))
            {
                if (top.Next == top.Node.Inputs.Count)
                {
                    open.Remove(top.Node.Name);
                    finished.Add(top.Node.Name);
                    done.Add(top.Node);
                    continue;
                }

                stack.Push((top.Node, top.Next + 1));
                string input = top.Node.Inputs[top.Next];
                if (finished.Contains(input))
                {
                    continue;
                }

                if (!byName.TryGetValue(input, out Node? producer))
                {
                    throw Invalid(
                        model,
                        top.Node.Name,
                        $"the layer '{top.Node.Name}' takes the output of '{input}', which does not exist.");
                }

                if (!open.Add(input))
                {
                    throw Invalid(model, input, $"the layer '{input}' takes its own output. Akida networks have no loops.");
                }

                traversal.TryAdd(input, traversal.Count);
                stack.Push((producer, 0));
            }
        }

        return done;
    }

    private static QuantException Invalid(string model, string layer, string problem) =>
        new("ModelGraphInvalid", QuantErrorKind.InvalidData, $"The model '{model}' is not a valid graph: {problem}", layer);
}
