using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Makes the input layer of a graph.</summary>
internal static class OnnxInput
{
    private const int ImageRank = 4;

    /// <summary>An import that has the input of the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputShape">The shape of samples where the file leaves it open, in the order of the file.</param>
    /// <exception cref="QuantException">The shape of the input is not known, or its type is not one of samples.</exception>
    public static OnnxImport Start(OnnxGraph graph, Shape? inputShape)
    {
        ValueInfoProto input = graph.Input;
        OnnxElementType element = (OnnxElementType)(input.Type?.TensorType?.ElemType ?? 0);
        IntegerType? type = element.SampleType();
        if (type is null && !element.IsFloat())
        {
            throw graph.File.Error(
                "OnnxInputType",
                $"its input '{input.Name}' has the element type {element.Word()}, and float or an integer type of at most 32 bits is needed. Export the model with such an input",
                QuantErrorKind.NotSupported);
        }

        Shape shape = SampleShape(graph, input, inputShape);
        InputLayer layer = new() { Name = OnnxNode.NameOf(input.Name), Shape = shape, Type = type, IsFromOnnx = true };
        (layer, IReadOnlyList<int> axes) =
            shape.Rank == ImageRank - 1 && !IsTurned(graph, 0, 3, 1, 2)
                ? (layer with { Shape = shape.WithFirstAxisLast(), IsChannelsFirst = true }, OnnxActivation.ChannelsLast)
            : shape.Rank is 1 or 2 && OnnxLine.IsIn(graph) ? Line(layer, IsTurned(graph, 0, 2, 1))
            : (layer, OnnxActivation.InOrder(shape.Rank));
        return new OnnxImport(
            graph,
            layer,
            layer.Spec(graph.Nodes.Any(node => node.Domain == OnnxFunctions.QuantizedDomain)),
            axes);
    }

    /// <summary>The input of a network over positions: an image of one row, of samples without its axis.</summary>
    private static (InputLayer Layer, IReadOnlyList<int> Axes) Line(InputLayer layer, bool isTurned)
    {
        Shape shape = layer.Shape;
        if (shape.Rank == 1)
        {
            return (
                layer with { Shape = new Shape(1, shape[0], 1), Form = new SampleForm { Shape = shape } },
                [OnnxActivation.None, 0, OnnxActivation.None]);
        }

        Shape samples = isTurned ? shape : shape.WithFirstAxisLast();
        return (
            layer with { Shape = samples.Prepend(1), Form = new SampleForm { Shape = samples }, IsChannelsFirst = !isTurned },
            isTurned ? [OnnxActivation.None, 0, 1] : OnnxActivation.Line);
    }

    private static Shape SampleShape(OnnxGraph graph, ValueInfoProto input, Shape? given)
    {
        TensorShapeProto? declared = input.Type?.TensorType?.Shape;
        if (declared is null && given is { } whole)
        {
            return whole;
        }

        if (declared is null || declared.Dim.Count < 2)
        {
            throw graph.File.Error(
                "InputShapeMissing",
                $"its input '{input.Name}' {(declared is null ? "has no shape" : $"has {declared.Dim.Count} dimensions, and a batch and at least one more are needed")}. Export the model with an example of its input");
        }

        Shape shape = OpenShape.Complete(graph.File.Path, new Shape([.. declared.Dim.Skip(1).Select(Size)]), given);
        return shape.IsKnown
            ? shape
            : throw graph.File.Error(
                "InputShapeUnknown",
                $"its input '{input.Name}' has the shape ({string.Join(", ", declared.Dim.Select(Text))}), in which '{Text(declared.Dim.Skip(1).First(dimension => Size(dimension) == Shape.Unknown))}' is not fixed. Only the batch may vary; give the shape of one sample with -InputShape, in this order and without the batch, or export the model with that size");
    }

    private static int Size(TensorShapeProto.Types.Dimension dimension) =>
        dimension.DimValue is > 0 and <= int.MaxValue ? (int)dimension.DimValue : Shape.Unknown;

    private static string Text(TensorShapeProto.Types.Dimension dimension) =>
        dimension.DimParam is { Length: > 0 } name ? name : dimension.DimValue.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the graph itself turns samples that have their channels last, in the given order.</summary>
    private static bool IsTurned(OnnxGraph graph, params long[] order)
    {
        string tensor = graph.Input.Name;
        while (graph.Consumers(tensor) is [{ OpType: "Cast" or "Identity", Outputs: [string output, ..] }])
        {
            tensor = output;
        }

        return graph.Consumers(tensor) is [var turn] && IsTurn(turn) && turn.Ints("perm") is { } given && given.SequenceEqual(order);
    }

    private static bool IsTurn(OnnxNode node) => node.Domain.Length == 0
        ? node.OpType == "Transpose"
        : node.Domain == OnnxFunctions.QuantizedDomain && node.OpType == "InputQuantizer";
}
