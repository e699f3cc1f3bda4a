using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Onnx.Folding;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Onnx;

/// <summary>
/// Reads networks from ONNX files: float ones as PyTorch's exporters write them, and those that the reference quantized
/// (onnx.md 7 to 9). They become the same layers as networks from Keras, channels last.
/// </summary>
public static class OnnxReader
{
    /// <summary>Reads a model with its weights, as float32.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputShape">The shape of one sample, in the order of the file, for files that leave sizes of it open.</param>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>ModelFileDamaged</c>, <c>ModelTooLarge</c>,
    /// <c>NotAnOnnxModel</c>, <c>OnnxOperatorUnknown</c>, <c>InputShapeUnknown</c>,
    /// <c>InputShapeMismatch</c>, or what is wrong with the graph, a node or its weights.
    /// </exception>
    public static Model Read(string path, Shape? inputShape = null) => Read(path, new ModelReadOptions { InputShape = inputShape });

    /// <summary>Reads a model with its weights, as float32.</summary>
    /// <exception cref="QuantException">As for <see cref="Read(string, Shape?)"/>.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static Model Read(string path, ModelReadOptions options) =>
        Read(path, InputFile.ReadAll(path, options.Cancellation), options);

    /// <summary>Reads a model from the content of a file; the path is for errors and for data stored beside it.</summary>
    internal static Model Read(string path, byte[] content, Shape? inputShape = null) =>
        Read(path, content, new ModelReadOptions { InputShape = inputShape });

    internal static Model Read(string path, byte[] content, ModelReadOptions options)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        var file = OnnxFile.Parse(path, content, options.MaxSize, options.Cancellation);
        try
        {
            return Read(file, options);
        }
        catch (QuantException error) when (OnnxCut.MayHelp(error))
        {
            throw OnnxCut.Advise(file, error, output => Read(file, options with { Output = [output], Verbose = null }));
        }
    }

    private static Model Read(OnnxFile file, ModelReadOptions options)
    {
        OnnxGraph graph = new(file, options.Output);
        OnnxImportReport report = new(options.Verbose);
        report.Found(graph);
        report.Dequantized(graph);
        report.Converted(graph);
        OnnxImport import = Start(graph, options.InputShape);
        OnnxFolding folding = new();
        IReadOnlyDictionary<OnnxNode, OnnxSpelling> spellings = OnnxSpelling.Find(graph);
        foreach (OnnxNode node in graph.NodesFor(node => spellings.GetValueOrDefault(node)?.Needs ?? node.Inputs))
        {
            options.Cancellation.ThrowIfCancellationRequested();
            int made = import.Nodes.Count;
            OnnxSpelling? spelling = spellings.GetValueOrDefault(node);
            try
            {
                if (spelling is not null)
                {
                    spelling.Import(node, import);
                }
                else if (!ImportNode(node, import, folding))
                {
                    report.Folded(node);
                    continue;
                }
            }
            catch (QuantException error)
            {
                throw OnnxObstacles.Explain(graph, import, node, error);
            }

            report.Imported(node, spelling?.Name, import.Nodes.Skip(made), import.TakeReplaced());
        }

        report.Finished();

        string[] outputs = [.. graph.Outputs.Select(output => Result(import, output)).Distinct()];
        return Model.Create(NameOf(file), isSequential: false, import.Nodes, outputs).WithRanges(Ranges(import));
    }

    /// <summary>The ranges that the file has of tensors, for the layers that give these.</summary>
    private static Dictionary<string, TensorRange> Ranges(OnnxImport import)
    {
        Dictionary<string, TensorRange> ranges = new(StringComparer.Ordinal);
        foreach ((string tensor, (float least, float greatest)) in import.Graph.Ranges)
        {
            if (import.Find(tensor) is { } value && float.IsFinite(least) && float.IsFinite(greatest))
            {
                TensorRange range = new(least, greatest);
                ranges[value.Layer] = ranges.TryGetValue(value.Layer, out TensorRange other) ? other.With(range) : range;
            }
        }

        // A Rescaling at the input is taken up by a kernel, and what is known of it with it.
        foreach (Node node in import.Nodes)
        {
            if (node.Layer is Rescaling rescaling && node.Inputs[0] == import.Input.Name && !ranges.ContainsKey(import.Input.Name)
                && ranges.TryGetValue(node.Name, out TensorRange behind)
                && behind.Before(rescaling.Scale, rescaling.Offset) is { } before)
            {
                ranges[import.Input.Name] = before;
            }
        }

        return ranges;
    }

    /// <summary>The layer that gives an output, its axes as callers take them.</summary>
    private static string Result(OnnxImport import, string output)
    {
        OnnxActivation result = import.Find(output)
            ?? throw import.Graph.File.Error(
                "OnnxGraphInvalid",
                $"its output '{output}' does not depend on its input. Export the model with an example of its input");
        return import.Graph.Producer(output) is { } last
            ? import.Ordered(result, OutputAxes(result, import.Graph, output), last).Layer
            : result.Layer;
    }

    /// <summary>What no layer computes is named before a size that would have to be given for it.</summary>
    private static OnnxImport Start(OnnxGraph graph, Shape? inputShape)
    {
        try
        {
            return OnnxInput.Start(graph, inputShape);
        }
        catch (QuantException error) when (
            error.Id.StartsWith("InputShape", StringComparison.Ordinal) && OnnxObstacles.Find(graph) is { } obstacle)
        {
            throw obstacle.Error;
        }
    }

    /// <summary>Images come with their channels last, also where the network turns them itself; all else as the network has it.</summary>
    private static IReadOnlyList<int> OutputAxes(OnnxActivation result, OnnxGraph graph, string output) =>
        result.Rank == 3 && !IsTurned(graph, output) ? OnnxActivation.ChannelsLast : OnnxActivation.InOrder(result.Rank);

    /// <summary>
    /// Whether the network puts the channels of its output last, also where what networks for segmentation end with comes behind.
    /// </summary>
    private static bool IsTurned(OnnxGraph graph, string output)
    {
        OnnxNode? node = graph.Producer(output);
        while (node is { Domain.Length: 0, OpType: "Identity" or "Cast" or "Softmax" or "Sigmoid", Inputs: [string input, ..] })
        {
            node = graph.Producer(input);
        }

        return node is { Domain.Length: 0, OpType: "Transpose" } && node.Ints("perm") is [0, 2, 3, 1];
    }

    /// <summary>Makes layers of a node; false where it was computed instead.</summary>
    private static bool ImportNode(OnnxNode node, OnnxImport import, OnnxFolding folding)
    {
        if (node.Outputs.Count == 0)
        {
            throw node.Error(
                "OnnxGraphInvalid",
                "it has no output. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        OnnxConstant?[] inputs = [.. node.Inputs.Select(input => input.Length == 0 ? null : import.Constant(input))];
        bool isKnown = node.Domain.Length == 0 && inputs.Zip(node.Inputs).All(pair => pair.First is not null || pair.Second.Length == 0);
        if (isKnown && folding.Fold(node, inputs) is { } folded)
        {
            import.Set(node, folded);
            return false;
        }

        string type = node.Domain.Length == 0 ? node.OpType : $"{node.Domain}:{node.OpType}";
        OnnxOperator found = OnnxOperator.Find(type)
            ?? throw node.Error(
                "OnnxOperatorUnknown",
                type.Contains("Quant", StringComparison.Ordinal) || type.StartsWith("QLinear", StringComparison.Ordinal)
                    ? $"the operator '{type}' belongs to a network that another tool quantized. Import the float network that it was made from, and quantize that"
                    : $"the operator '{type}' has no layer here. Replace it in the network by these operators, or export the part of the network before it: {string.Join(", ", OnnxOperator.Names)}"
            );
        found.Import(node, import);
        return true;
    }

    private static string NameOf(OnnxFile file) => file.Graph.Name is "" or "main_graph" or "torch_jit" or "torch-jit-export"
        ? Path.GetFileNameWithoutExtension(file.Path)
        : OnnxNode.NameOf(file.Graph.Name);
}
