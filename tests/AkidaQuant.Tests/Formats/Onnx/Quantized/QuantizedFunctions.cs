using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Quantized;
using AkidaQuant.Formats.Onnx.Schema;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>
/// The functions that quantized nodes call, written out in standard operators as onnx.md 7.1 lists them, so that ONNX
/// Runtime computes what a node means.
/// </summary>
internal sealed class QuantizedFunctions(OnnxGraphBuilder graph)
{
    public const string Domain = "com.brainchip";

    private readonly List<NodeProto> _nodes = [];
    private int _count;

    /// <summary>Adds the function of a type unless it is there; its inputs are those that the node gives.</summary>
    public static void Define(OnnxGraphBuilder graph, string root, QuantizedParts parts, string[] inputs, string[] attributes)
    {
        string type = NameOf(root, parts);
        if (graph.Model.Functions.All(function => function.Name != type))
        {
            QuantizedFunctions function = new(graph);
            function.Fill(type, root, parts, inputs, attributes);
        }
    }

    /// <summary>The type of a node.</summary>
    public static string NameOf(string root, QuantizedParts parts) =>
        root + string.Concat(Enum.GetValues<QuantizedParts>().Where(part => part != QuantizedParts.None && parts.HasFlag(part)));

    private void Fill(string type, string root, QuantizedParts parts, string[] inputs, string[] attributes)
    {
        string output = inputs is ["X", "Y", ..] ? "Z" : "Y";
        string last = root switch
        {
            "InputQuantizer" => Node("QuantizeLinear", [Node("Transpose", [Cast("X")], Reference("perm", Kind.Ints)), "scale", "zp"]),
            "Dequantizer" => Node("DequantizeLinear", ["X", "scale"]),
            "QuantizedAdd" => Add(parts),
            "QuantizedConcat" => Node("Concat", ["X", "Y"], ("axis", 1)),
            "QuantizedDense1D" => Tail(Dense(parts), parts),
            _ => Tail(Convolution(root, parts), parts),
        };
        _nodes.Add(OnnxGraphBuilder.MakeNode("Identity", [last], [output]));
        graph.Function($"{Domain}:{type}", inputs, [output], attributes, [.. _nodes]);
    }

    private string Convolution(string root, QuantizedParts parts)
    {
        List<string> inputs = [Cast("X"), Cast("W")];
        if (parts.HasFlag(QuantizedParts.Biased))
        {
            inputs.Add(Cast("bias"));
        }

        if (root.EndsWith("Transpose", StringComparison.Ordinal))
        {
            List<(string, object?)> attributes = [Reference("strides", Kind.Ints), Reference("pads", Kind.Ints)];
            return Node("ConvTranspose", inputs, [.. attributes, .. Group(root)]);
        }

        if (root == "QuantizedInputConv2D")
        {
            string border = Node("Unsqueeze", [Cast("x_pad_value"), Constant(OnnxElementType.Int64, 1, 2)]);
            inputs[0] = Node("Add", [Node("Pad", [Node("Sub", [inputs[0], border]), "pads"]), border]);
        }
        else
        {
            inputs[0] = Node("Pad", [inputs[0], "pads"]);
        }

        return Node("Conv", inputs, [Reference("strides", Kind.Ints), .. Group(root)]);
    }

    private string Dense(QuantizedParts parts)
    {
        string x = parts.HasFlag(QuantizedParts.Flatten) ? Node("Flatten", [Cast("X")]) : Cast("X");
        return Node("Gemm", parts.HasFlag(QuantizedParts.Biased) ? [x, Cast("W"), Cast("bias")] : [x, Cast("W")], ("transB", 1));
    }

    private string Add(QuantizedParts parts)
    {
        string sum = Node("Add", [Node("Mul", [Cast("X"), Cast("Xs")]), Node("Mul", [Cast("Y"), Cast("Ys")])]);
        return parts.HasFlag(QuantizedParts.Scaled)
            ? Scale(sum, null, "Shift", -128, 127, OnnxElementType.Int8)
            : Node("Cast", [sum], ("to", (int)OnnxElementType.Int32));
    }

    private string Tail(string sums, QuantizedParts parts)
    {
        if (parts.HasFlag(QuantizedParts.MaxPool))
        {
            sums = Node(
                "MaxPool",
                [sums],
                Reference("kernel_shape", Kind.Ints, "pool_size"),
                Reference("strides", Kind.Ints, "pool_strides"),
                Reference("pads", Kind.Ints, "pool_pads"));
        }

        if (parts.HasFlag(QuantizedParts.LUT))
        {
            sums = Cast(
                Node("Gather", ["LUT_values", Scale(sums, "ActScale", "ActShift", -1024, 1023, OnnxElementType.Int32)], ("axis", 0)));
        }

        if (parts.HasFlag(QuantizedParts.ReLU) || parts.HasFlag(QuantizedParts.ReLUClipped))
        {
            sums = Node("Relu", [sums]);
        }

        if (parts.HasFlag(QuantizedParts.ReLUClipped))
        {
            sums = Node("Min", [sums, Cast("max_value")]);
        }

        if (parts.HasFlag(QuantizedParts.GlobalAvgPool))
        {
            sums = Node("ReduceSum", [sums, Constant(OnnxElementType.Int64, -2, -1)], ("keepdims", 1));
        }

        return parts.HasFlag(QuantizedParts.Scaled)
            ? Scale(sums, "Scale", "Shift", -128, 127, OnnxElementType.Int8)
            : Node("Cast", [sums], ("to", (int)OnnxElementType.Int32));
    }

    private string Scale(string sums, string? scale, string shift, float least, float greatest, OnnxElementType type)
    {
        string value = Node("Div", [sums, Cast(shift)]);
        value = scale is null ? value : Node("Mul", [value, Cast(scale)]);
        value = Node("Floor", [Node("Add", [value, Constant(OnnxElementType.Float, 0.5f)])]);
        return Node(
            "Cast",
            [Node("Clip", [value, Constant(OnnxElementType.Float, least), Constant(OnnxElementType.Float, greatest)])],
            ("to", (int)type));
    }

    private string Cast(string input) => Node("Cast", [input], ("to", (int)OnnxElementType.Float));

    private string Constant(OnnxElementType type, params float[] values) => Node(
        "Constant", [], ("value", OnnxTensors.Make(string.Empty, values is [_] ? new Shape() : new Shape(values.Length), values, type)));

    private string Node(string type, IEnumerable<string> inputs, params (string Name, object? Value)[] attributes)
    {
        string name = $"t{_count++}";
        _nodes.Add(OnnxGraphBuilder.MakeNode(type, inputs, [name], attributes));
        return name;
    }

    private static (string Name, object? Value)[] Group(string root) =>
        root.Contains("Depthwise", StringComparison.Ordinal) ? [Reference("group", Kind.Int, "groups")] : [];

    private static (string Name, object? Value) Reference(string name, Kind kind, string? attribute = null) =>
        (name, new AttributeProto { Name = name, Type = kind, RefAttrName = attribute ?? name });
}
