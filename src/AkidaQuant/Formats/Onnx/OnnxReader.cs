using AkidaQuant.Formats.Onnx.Operators;

namespace AkidaQuant.Formats.Onnx;

/// <summary>
/// Reads networks from ONNX files: float ones as PyTorch's exporters write them, and those that the reference quantized
/// (onnx.md 7 to 9). They become the same layers as networks from Keras, channels last.
/// </summary>
public static class OnnxReader
{
    /// <summary>Reads a model with its weights, as float32.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>ModelFileDamaged</c>, <c>NotAnOnnxModel</c>, <c>OnnxOperatorUnknown</c>, or what is wrong with the
    /// graph, a node or its weights.
    /// </exception>
    public static Model Read(string path) => Read(path, InputFile.ReadAll(path));

    /// <summary>Reads a model from the content of a file; the path is for errors and for data stored beside it.</summary>
    internal static Model Read(string path, byte[] content)
    {
        OnnxGraph graph = new(OnnxFile.Parse(path, content));
        OnnxImport import = OnnxInput.Start(graph);
        OnnxFolding folding = new();
        IReadOnlyDictionary<OnnxNode, (string Root, string Function)> functions = OnnxPointwise.Find(graph);
        foreach (OnnxNode node in graph.NodesFor(graph.Output, node => functions.TryGetValue(node, out (string Root, string Function) function) ? [function.Root] : node.Inputs))
        {
            if (functions.TryGetValue(node, out (string Root, string Function) function))
            {
                ActivationOperator.ImportTable(node, import, function.Root, function.Function);
            }
            else
            {
                ImportNode(node, import, folding);
            }
        }

        OnnxActivation result = import.Result
            ?? throw graph.File.Error("OnnxGraphInvalid", $"its output '{graph.Output}' does not depend on its input. Export the model with an example of its input");
        if (graph.Producer(graph.Output) is { } last)
        {
            result = import.Ordered(result, OutputAxes(result, last), last);
        }

        return Model.Create(NameOf(graph.File), isSequential: false, import.Nodes, [result.Layer]);
    }

    /// <summary>Images come with their channels last, also where the network turns them itself; all else as the network has it.</summary>
    private static IReadOnlyList<int> OutputAxes(OnnxActivation result, OnnxNode last)
    {
        bool isTurned = last.OpType == "Transpose" && last.Ints("perm") is [0, 2, 3, 1];
        return result.Axes.Count == 3 && !isTurned ? OnnxActivation.ChannelsLast : OnnxActivation.InOrder(result.Axes.Count);
    }

    private static void ImportNode(OnnxNode node, OnnxImport import, OnnxFolding folding)
    {
        if (node.Outputs.Count == 0)
        {
            throw node.Error("OnnxGraphInvalid", "it has no output. The file is damaged; export the model again", QuantErrorKind.InvalidData);
        }

        OnnxConstant?[] inputs = [.. node.Inputs.Select(input => input.Length == 0 ? null : import.Constant(input))];
        bool isKnown = node.Domain.Length == 0 && inputs.Zip(node.Inputs).All(pair => pair.First is not null || pair.Second.Length == 0);
        if (isKnown && folding.Fold(node, inputs) is { } folded)
        {
            import.Set(node, folded);
            return;
        }

        string type = node.Domain.Length == 0 ? node.OpType : $"{node.Domain}:{node.OpType}";
        OnnxOperator found = OnnxOperator.Find(type) ?? throw node.Error(
            "OnnxOperatorUnknown",
            type.Contains("Quant", StringComparison.Ordinal) || type.StartsWith("QLinear", StringComparison.Ordinal)
                ? $"the operator '{type}' belongs to a network that another tool quantized. Import the float network that it was made from, and quantize that"
                : $"the operator '{type}' has no layer here. Replace it in the network by these operators, or export the part of the network before it: {string.Join(", ", OnnxOperator.Names)}");
        found.Import(node, import);
    }

    private static string NameOf(OnnxFile file) => file.Graph.Name is "" or "main_graph" or "torch_jit" or "torch-jit-export"
        ? Path.GetFileNameWithoutExtension(file.Path)
        : file.Graph.Name;
}
