using AkidaQuant.Text;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// Finds the tensors that a network is to give: those of the file, or those that were asked for by the name of a node, which means
/// its first output, or of a tensor.
/// </summary>
internal static class OnnxOutputs
{
    /// <summary>The tensors, each once.</summary>
    /// <param name="file">The file.</param>
    /// <param name="nodes">All nodes of its network.</param>
    /// <param name="inputs">The tensors of samples.</param>
    /// <param name="wanted">The names that were asked for; null for what the file gives.</param>
    /// <exception cref="QuantException"><c>SeveralOutputs</c> or <c>OutputUnknown</c>.</exception>
    public static IReadOnlyList<string> Find(
        OnnxFile file, IReadOnlyList<OnnxNode> nodes, IReadOnlySet<string> inputs, IReadOnlyList<string>? wanted)
    {
        string[] own = [.. file.Graph.Output.Select(output => output.Name)];
        if (wanted is null)
        {
            return own.Length == 1
                ? own
                : throw file.Error(
                    "SeveralOutputs",
                    own.Length == 0
                        ? "it has no output. Export the model again"
                        : $"it has {own.Length} outputs ({Listing.Of(own)}), and only networks with one can be quantized. Export a model that gives the one you need",
                    QuantErrorKind.NotSupported);
        }

        HashSet<string> tensors = new(nodes.SelectMany(node => node.Outputs).Where(name => name.Length > 0), StringComparer.Ordinal);
        ILookup<string, OnnxNode> byName = nodes
            .Where(node => node.Outputs is [{ Length: > 0 }, ..])
            .ToLookup(node => node.Name, StringComparer.Ordinal);
        return
        [
            .. wanted.Select(name => own.Contains(name) && tensors.Contains(name) ? name
                : byName[name].ToArray() is [var node] ? node.Output
                : tensors.Contains(name) ? name
                : throw Unknown(file, name, own, inputs, byName)).Distinct(),
        ];
    }

    private static QuantException Unknown(
        OnnxFile file, string name, string[] own, IReadOnlySet<string> inputs, ILookup<string, OnnxNode> nodes) =>
        file.Error(
            "OutputUnknown",
            inputs.Contains(name) ? $"'{name}' is an input of it, so that there is no network up to it. {Choices(name, own, nodes)}"
                : nodes[name].Any()
                    ? $"{nodes[name].Count()} of its nodes are called '{name}'. Give -Output the name of a tensor: {Listing.Of(nodes[name].Select(node => node.Output))}"
                : $"it has neither a node nor a tensor '{name}' for -Output.{NearestName.Question(name, own.Concat(nodes.Select(node => node.Key)))} {Choices(name, own, nodes)}",
            QuantErrorKind.InvalidArgument);

    private static string Choices(string name, string[] own, ILookup<string, OnnxNode> nodes) =>
        $"It gives {Listing.Of(own, name)}, and its nodes are {Listing.Of(nodes.Select(node => node.Key), name)}";
}
