using System.Globalization;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx;

/// <summary>Makes the input layer of a graph.</summary>
internal static class OnnxInput
{
    private const int ImageRank = 4;

    /// <summary>An import that has the input of the graph.</summary>
    /// <exception cref="QuantException">The shape of the input is not known, or its type is not one of samples.</exception>
    public static OnnxImport Start(OnnxGraph graph)
    {
        ValueInfoProto input = graph.Input;
        OnnxElementType element = (OnnxElementType)(input.Type?.TensorType?.ElemType ?? 0);
        IntegerType? type = element.SampleType();
        if (type is null && !element.IsFloat())
        {
            throw graph.File.Error(
                "OnnxInputType", $"its input '{input.Name}' has the element type {element}, and float or an integer type of at most 32 bits is needed. Export the model with such an input", QuantErrorKind.NotSupported);
        }

        Shape shape = SampleShape(graph, input);
        bool isChannelsFirst = shape.Rank == ImageRank - 1 && !IsTurnedToChannelsFirst(graph);
        InputLayer layer = new()
        {
            Name = OnnxNode.NameOf(input.Name),
            Shape = isChannelsFirst ? shape.WithFirstAxisLast() : shape,
            Type = type,
            IsChannelsFirst = isChannelsFirst,
        };
        return new OnnxImport(
            graph, layer, layer.Spec(graph.Nodes.Any(node => node.Domain == OnnxFunctions.QuantizedDomain)), isChannelsFirst ? OnnxActivation.ChannelsLast : OnnxActivation.InOrder(shape.Rank));
    }

    private static Shape SampleShape(OnnxGraph graph, ValueInfoProto input)
    {
        TensorShapeProto? shape = input.Type?.TensorType?.Shape;
        if (shape is null || shape.Dim.Count < 2)
        {
            throw graph.File.Error(
                "InputShapeMissing", $"its input '{input.Name}' {(shape is null ? "has no shape" : $"has {shape.Dim.Count} dimensions, and a batch and at least one more are needed")}. Export the model with an example of its input");
        }

        TensorShapeProto.Types.Dimension[] dimensions = [.. shape.Dim.Skip(1)];
        if (dimensions.FirstOrDefault(dimension => dimension.DimValue is <= 0 or > int.MaxValue) is { } unknown)
        {
            throw graph.File.Error(
                "InputShapeUnknown",
                $"its input '{input.Name}' has the shape ({string.Join(", ", shape.Dim.Select(Text))}), in which '{Text(unknown)}' is not fixed. Only the batch may vary; export the model with the size of its samples");
        }

        return new Shape([.. dimensions.Select(dimension => (int)dimension.DimValue)]);
    }

    private static string Text(TensorShapeProto.Types.Dimension dimension) =>
        dimension.DimParam is { Length: > 0 } name ? name : dimension.DimValue.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the graph itself turns samples that have their channels last.</summary>
    private static bool IsTurnedToChannelsFirst(OnnxGraph graph)
    {
        string tensor = graph.Input.Name;
        while (graph.Consumers(tensor) is [{ OpType: "Cast" or "Identity", Outputs: [string output, ..] }])
        {
            tensor = output;
        }

        return graph.Consumers(tensor) is [var turn] && IsTurn(turn) && turn.Ints("perm") is [0, 3, 1, 2];
    }

    private static bool IsTurn(OnnxNode node) => node.Domain.Length == 0
        ? node.OpType == "Transpose"
        : node.Domain == OnnxFunctions.QuantizedDomain && node.OpType == "InputQuantizer";
}
