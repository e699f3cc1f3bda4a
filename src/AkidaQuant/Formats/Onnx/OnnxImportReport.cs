using System.Globalization;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Onnx;

/// <summary>Says what an ONNX file holds and what became of its nodes.</summary>
internal sealed class OnnxImportReport(Action<string>? tell)
{
    private readonly SortedDictionary<string, int> _folded = new(StringComparer.Ordinal);

    /// <summary>What the file is.</summary>
    public void Found(OnnxGraph graph)
    {
        string[] producer = [.. new[] { graph.File.Model.ProducerName, graph.File.Model.ProducerVersion }.Where(part => part.Length > 0)];
        tell?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"An ONNX file{(producer.Length > 0 ? $" by {string.Join(' ', producer)}" : string.Empty)}, operators of version {graph.File.OperatorSet}: {graph.Nodes.Count} nodes that its output '{string.Join("', '", graph.Outputs)}' needs, {graph.File.Graph.Initializer.Count} stored tensors."));
    }

    /// <summary>Stored tensors of other types than that in which networks compute.</summary>
    public void Converted(OnnxGraph graph)
    {
        foreach (IGrouping<OnnxElementType, OnnxElementType> type in graph.File.Graph.Initializer
            .Select(tensor => (OnnxElementType)tensor.DataType)
            .Where(type => type.IsFloat() && type != OnnxElementType.Float)
            .GroupBy(type => type))
        {
            string name = type.Key.ToString().ToLowerInvariant();
            tell?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"{type.Count()} stored tensors of {name} became float32, in which networks compute here."));
        }
    }

    /// <summary>That another tool quantized the network, and what it says of ranges.</summary>
    public void Dequantized(OnnxGraph graph)
    {
        if (graph.Ranges.Count > 0)
        {
            tell?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"Another tool quantized the network: it became the float network that it stands for, with the ranges of {graph.Ranges.Count} tensors, which Invoke-Quantize takes where no samples are given."));
        }
    }

    /// <summary>A node that was computed while the network is imported.</summary>
    public void Folded(OnnxNode node) => _folded[node.OpType] = _folded.GetValueOrDefault(node.OpType) + 1;

    /// <summary>A node that became layers, or changed one, or needs none.</summary>
    /// <param name="node">The node.</param>
    /// <param name="function">The function that it computes with the nodes before it; null where it stands for itself.</param>
    /// <param name="added">The layers that were made of it.</param>
    /// <param name="changed">The layers that took it in.</param>
    public void Imported(OnnxNode node, string? function, IEnumerable<Node> added, IEnumerable<Node> changed)
    {
        if (tell is null)
        {
            return;
        }

        string what = function is null
            ? $"The node '{node.Name}' ({node.OpType})"
            : $"The nodes that end in '{node.Name}' ({node.OpType}) are {function}, spelled out, and";
        tell(
            added.Any() ? $"{what} became {Names(added)}."
            : changed.Any() ? $"{what} was taken into {Names(changed)}."
            : $"{what} needs no layer.");
    }

    /// <summary>The nodes that were computed, by operator.</summary>
    public void Finished()
    {
        if (_folded.Count > 0)
        {
            tell?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"{_folded.Values.Sum()} nodes do not depend on samples and were computed beforehand: {string.Join(", ", _folded.Select(folded => $"{folded.Value} {folded.Key}"))}."));
        }
    }

    private static string Names(IEnumerable<Node> nodes) =>
        string.Join(", ", nodes.Select(node => $"'{node.Name}' ({node.Layer.ClassName})"));
}
