using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx;

/// <summary>
/// Says which part of a network that cannot be imported can be: up to a tensor in front of the obstacle, which was tried, so that
/// following the advice works.
/// </summary>
internal static class OnnxCut
{
    /// <summary>The most places that are tried, each of which takes as long as an import.</summary>
    private const int MostTries = 8;

    /// <summary>The most nodes that are looked at for them.</summary>
    private const int MostNodes = 64;

    /// <summary>Whether an error is one of a network that is sound, so that a part of it may import.</summary>
    public static bool MayHelp(QuantException error) => error.Kind == QuantErrorKind.NotSupported
        && error.Id is not ("OnnxWeightsTooMany" or "ModelTooLarge");

    /// <summary>The error with the name that <c>-Output</c> takes, where there is one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="error">Why it cannot be imported.</param>
    /// <param name="read">Imports the part up to a name.</param>
    public static QuantException Advise(OnnxFile file, QuantException error, Func<string, Model> read)
    {
        if (error.Message.Contains("-Output", StringComparison.Ordinal))
        {
            return error;
        }

        if (error.Id == "SeveralOutputs" && file.Graph.Output.Count > 0)
        {
            // Which of them to take is not the question where none can be.
            QuantException?[] refusals = [.. file.Graph.Output.Take(MostTries).Select(output => Refusal(output.Name, read))];
            if (Array.TrueForAll(refusals, refusal => refusal is { Kind: QuantErrorKind.NotSupported }))
            {
                return Advise(file, refusals[0]!, read);
            }
        }

        IReadOnlyList<OnnxNode> nodes = OnnxFunctions.Inline(file);
        Dictionary<string, OnnxNode> producers = new(StringComparer.Ordinal);
        foreach (OnnxNode node in nodes)
        {
            foreach (string output in node.Outputs)
            {
                producers.TryAdd(output, node);
            }
        }

        foreach (string name in Places(file, error, nodes, producers).Distinct().Take(MostTries))
        {
            if (Refusal(name, read) is null)
            {
                return new QuantException(
                    error.Id,
                    error.Kind,
                    $"{error.Message} -Output '{name}' imports the network up to there.",
                    error.Target,
                    error.InnerException);
            }
        }

        return error;
    }

    /// <summary>
    /// Names of tensors: what the file gives where it gives several; what comes before the node that is in the way, the nearest first;
    /// or, where several inputs are, what needs one of them alone, the last first.
    /// </summary>
    private static IEnumerable<string> Places(
        OnnxFile file, QuantException error, IReadOnlyList<OnnxNode> nodes, Dictionary<string, OnnxNode> producers)
    {
        OnnxNode? obstacle = error.Target is string target ? nodes.FirstOrDefault(node => node.Name == target) : null;
        IEnumerable<string> tensors = obstacle is not null ? Before(obstacle, producers)
            : error.Id == "SeveralOutputs" ? file.Graph.Output.Select(output => output.Name).Concat(OfOneInput(file, nodes))
            : error.Id == "SeveralInputs" ? OfOneInput(file, nodes)
            : [];
        HashSet<string> names = [.. nodes.CountBy(node => node.Name).Where(pair => pair.Value == 1).Select(pair => pair.Key)];
        HashSet<string> own = [.. file.Graph.Output.Select(output => output.Name)];
        return
            from tensor in tensors
            let node = producers.GetValueOrDefault(tensor)
            where node is not null
            let isNamed = node.Output == tensor && names.Contains(node.Name) && !own.Contains(node.Name)
            select isNamed && !own.Contains(tensor) ? node.Name : tensor;
    }

    private static IEnumerable<string> Before(OnnxNode obstacle, Dictionary<string, OnnxNode> producers)
    {
        Queue<OnnxNode> open = new([obstacle]);
        HashSet<OnnxNode> seen = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < MostNodes && open.TryDequeue(out OnnxNode? node); i++)
        {
            foreach (string input in node.Inputs)
            {
                if (producers.TryGetValue(input, out OnnxNode? producer) && seen.Add(producer))
                {
                    yield return input;
                    open.Enqueue(producer);
                }
            }
        }
    }

    /// <summary>The outputs of nodes that need one input, those of most nodes first: the files have their nodes in order.</summary>
    private static IEnumerable<string> OfOneInput(OnnxFile file, IReadOnlyList<OnnxNode> nodes)
    {
        const string several = "";
        HashSet<string> stored = [.. file.Graph.Initializer.Select(tensor => tensor.Name)];
        Dictionary<string, string> needs = new(StringComparer.Ordinal);
        foreach (string input in file.Graph.Input.Select(input => input.Name).Where(input => !stored.Contains(input)))
        {
            needs[input] = input;
        }

        List<string> found = [];
        foreach (OnnxNode node in nodes)
        {
            string[] inputs = [.. node.Inputs.Where(needs.ContainsKey).Select(input => needs[input]).Distinct()];
            foreach (string output in inputs.Length == 0 ? [] : node.Outputs)
            {
                needs[output] = inputs is [var only] ? only : several;
                if (needs[output] != several)
                {
                    found.Add(output);
                }
            }
        }

        return found.AsEnumerable().Reverse();
    }

    /// <summary>Why there is no network up to that name; null where there is one.</summary>
    private static QuantException? Refusal(string name, Func<string, Model> read)
    {
        try
        {
            return read(name).Nodes.Count > 1
                ? null
                : new QuantException("OnnxGraphInvalid", QuantErrorKind.InvalidData, $"The tensor '{name}' is the input itself.", name);
        }
        catch (QuantException error)
        {
            return error;
        }
    }
}
