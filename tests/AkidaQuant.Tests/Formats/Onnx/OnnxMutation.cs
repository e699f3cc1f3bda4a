using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>Damage that leaves a file an ONNX file: dimensions, attributes, names, types, nodes and values are changed.</summary>
internal sealed class OnnxMutation(byte[] whole)
{
    private static readonly long[] Extremes =
    [
        0,
        1,
        -1,
        2,
        3,
        7,
        255,
        4096,
        65_536,
        int.MaxValue,
        int.MinValue,
        long.MaxValue,
        long.MinValue,
    ];

    private static readonly float[] ExtremeFloats =
    [
        0,
        -0f,
        1,
        -1,
        1e-30f,
        1e30f,
        float.MaxValue,
        float.Epsilon,
        float.NaN,
        float.PositiveInfinity,
        float.NegativeInfinity,
    ];

    private static readonly string[] Operators =
    [
        "Relu",
        "Conv",
        "Gemm",
        "MatMul",
        "Add",
        "Mul",
        "Div",
        "Clip",
        "Flatten",
        "Reshape",
        "Transpose",
        "Concat",
        "MaxPool",
        "AveragePool",
        "GlobalAveragePool",
        "ReduceMean",
        "BatchNormalization",
        "Softmax",
        "Identity",
        "Pad",
        "Squeeze",
        "Unsqueeze",
        "ConvTranspose",
        "Cast",
        "Shape",
        "Gather",
        "Slice",
        "Constant",
        "Sum",
        "PRelu",
        "Resize",
        "Expand",
        "HardSigmoid",
        "Sigmoid",
        "Loop",
        "Unknown",
    ];

    /// <summary>A damaged copy, and what was done.</summary>
    public (byte[] Content, string What) Make(Random random)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(whole);
        List<string> done = [];
        for (int i = random.Next(4) == 0 ? random.Next(2, 4) : 1; i > 0; i--)
        {
            done.Add(Change(model, random));
        }

        return (model.ToByteArray(), string.Join("; ", done));
    }

    private static string Change(ModelProto model, Random random)
    {
        GraphProto graph = model.Graph;
        RepeatedField<NodeProto> nodes = model.Functions.Count > 0 && random.Next(2) == 0 ? Pick(random, model.Functions).Node : graph.Node;
        return random.Next(16) switch
        {
            0 or 1 when graph.Initializer.Count > 0 => Dimension(Pick(random, graph.Initializer), random),
            2 when graph.Initializer.Count > 0 => Data(Pick(random, graph.Initializer), random),
            3 or 4 => Values(Pick(random, graph.Initializer), random),
            5 or 6 or 7 => Attribute(Pick(random, nodes), random),
            8 => Rename(Pick(random, nodes).Input, graph, random),
            9 => Rename(Pick(random, nodes).Output, graph, random),
            10 => Operator(Pick(random, nodes), random),
            11 => Nodes(nodes, random),
            12 => Sample(graph, random),
            13 => Set(model, random),
            14 => Ports(graph, random),
            _ => Attribute(Pick(random, graph.Node), random),
        };
    }

    private static string Dimension(TensorProto tensor, Random random)
    {
        switch (random.Next(4))
        {
            case 0 when tensor.Dims.Count > 0:
                tensor.Dims.RemoveAt(random.Next(tensor.Dims.Count));
                break;
            case 1:
                tensor.Dims.Insert(random.Next(tensor.Dims.Count + 1), Pick(random, Extremes));
                break;
            case 2 when tensor.Dims.Count > 1:
                // As many values in another shape.
                long first = tensor.Dims[0];
                tensor.Dims.RemoveAt(0);
                tensor.Dims.Add(first);
                break;
            case 3 when tensor.Dims.Count > 0:
                tensor.Dims[random.Next(tensor.Dims.Count)] = Pick(random, Extremes);
                break;
        }

        return $"the dimensions of {tensor.Name} are ({string.Join(",", tensor.Dims)})";
    }

    private static string Data(TensorProto tensor, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                tensor.DataType = random.Next(-1, 24);
                break;
            case 1:
                tensor.RawData = ByteString.CopyFrom(tensor.RawData.Span[..random.Next(tensor.RawData.Length + 1)]);
                break;
            default:
                tensor.DataLocation = TensorProto.Types.DataLocation.External;
                tensor.ExternalData.Add(
                    new StringStringEntryProto
                    {
                        Key = "location",
                        Value = Pick(random, ["missing.data", "../a", "/etc/passwd", string.Empty, "."]),
                    });
                break;
        }

        return $"the data of {tensor.Name}";
    }

    private static string Values(TensorProto tensor, Random random)
    {
        byte[] raw = tensor.RawData.ToByteArray();
        for (int i = random.Next(1, 4); i > 0 && raw.Length >= sizeof(float); i--)
        {
            int at = random.Next(raw.Length / sizeof(float)) * sizeof(float);
            byte[] value =
                random.Next(2) == 0
                    ? BitConverter.GetBytes(Pick(random, ExtremeFloats))
                    : BitConverter.GetBytes((int)Pick(random, Extremes));
            value.CopyTo(raw, at);
        }

        tensor.RawData = ByteString.CopyFrom(raw);
        return $"values of {tensor.Name}";
    }

    private static string Attribute(NodeProto node, Random random)
    {
        if (node.Attribute.Count == 0)
        {
            node.Attribute.Add(
                new AttributeProto
                {
                    Name = Pick(random, ["axis", "pads", "group", "perm", "alpha"]),
                    Type = Kind.Int,
                    I = Pick(random, Extremes),
                });
            return $"an attribute for {node.Name}";
        }

        AttributeProto attribute = Pick(random, node.Attribute);
        switch (random.Next(6))
        {
            case 0:
                node.Attribute.Remove(attribute);
                break;
            case 1:
                attribute.Type = (Kind)random.Next(16);
                break;
            case 2 when attribute.Ints.Count > 0:
                attribute.Ints.RemoveAt(0);
                break;
            case 3:
                attribute.Ints.Add(Pick(random, Extremes));
                break;
            default:
                Exaggerate(attribute, random);
                break;
        }

        return $"{node.Name}: {attribute}";
    }

    private static void Exaggerate(AttributeProto attribute, Random random)
    {
        attribute.I = attribute.Type == Kind.Int ? Pick(random, Extremes) : attribute.I;
        attribute.F = attribute.Type == Kind.Float ? Pick(random, ExtremeFloats) : attribute.F;
        attribute.S = attribute.Type == Kind.String ? ByteString.CopyFrom(0xFF, 0xFE, 0) : attribute.S;
        if (attribute.Ints.Count > 0)
        {
            attribute.Ints[random.Next(attribute.Ints.Count)] = Pick(random, Extremes);
        }

        if (attribute.T is { } tensor)
        {
            _ = random.Next(2) == 0 ? Dimension(tensor, random) : Values(tensor, random);
        }
    }

    private static string Rename(RepeatedField<string> tensors, GraphProto graph, Random random)
    {
        string[] names =
        [
            .. graph.Node.SelectMany(node => node.Output),
            .. graph.Initializer.Select(tensor => tensor.Name),
            graph.Input[0].Name,
            string.Empty,
            "none",
        ];
        string name = names[random.Next(names.Length)];
        int at = random.Next(tensors.Count + 1);
        if (at == tensors.Count)
        {
            tensors.Add(name);
        }
        else if (random.Next(4) == 0)
        {
            tensors.RemoveAt(at);
        }
        else
        {
            tensors[at] = name;
        }

        return $"tensors of a node: {string.Join(", ", tensors)}";
    }

    private static string Operator(NodeProto node, Random random)
    {
        if (random.Next(6) == 0)
        {
            node.Domain = Pick(random, ["com.brainchip", "local", "ai.onnx", "com.microsoft"]);
        }
        else
        {
            node.OpType = Pick(random, Operators);
        }

        return $"{node.Name} is {node.Domain}:{node.OpType}";
    }

    private static string Nodes(RepeatedField<NodeProto> nodes, Random random)
    {
        int at = random.Next(nodes.Count);
        NodeProto node = nodes[at];
        if (random.Next(2) == 0)
        {
            nodes.RemoveAt(at);
        }
        else
        {
            nodes.Insert(random.Next(nodes.Count), node.Clone());
        }

        return $"{node.Name} removed or doubled";
    }

    private static string Sample(GraphProto graph, Random random)
    {
        TypeProto.Types.Tensor type = graph.Input[0].Type.TensorType;
        if (random.Next(3) == 0)
        {
            type.ElemType = random.Next(20);
        }
        else
        {
            type.Shape.Dim[random.Next(type.Shape.Dim.Count)] = new TensorShapeProto.Types.Dimension { DimValue = Pick(random, Extremes) };
        }

        return $"the input is {type}";
    }

    private static string Set(ModelProto model, Random random)
    {
        model.OpsetImport[0].Version = random.Next(5, 24);
        return $"operators {model.OpsetImport[0].Version}";
    }

    private static string Ports(GraphProto graph, Random random)
    {
        string[] names = [.. graph.Node.SelectMany(node => node.Output), .. graph.Initializer.Select(tensor => tensor.Name)];
        (random.Next(2) == 0 ? graph.Input[0] : graph.Output[0]).Name = names[random.Next(names.Length)];
        return $"from {graph.Input[0].Name} to {graph.Output[0].Name}";
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> values) => values[random.Next(values.Count)];

    private static T Pick<T>(Random random, RepeatedField<T> values) => values[random.Next(values.Count)];
}
