using System.Globalization;
using System.Runtime.InteropServices;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>Builds the content of ONNX files node by node; what a method adds goes by the name that it returns.</summary>
internal sealed class OnnxGraphBuilder
{
    private int _count;

    public OnnxGraphBuilder(long opset = 17)
    {
        Model = new ModelProto { IrVersion = 8, ProducerName = "AkidaQuant.Tests", Graph = new GraphProto { Name = "main_graph" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    /// <summary>The file, for what no method here does.</summary>
    public ModelProto Model { get; }

    public GraphProto Graph => Model.Graph;

    public long Opset
    {
        get => Model.OpsetImport[0].Version;
        set => Model.OpsetImport[0].Version = value;
    }

    /// <summary>An input for any number of samples.</summary>
    /// <param name="sample">The shape of a sample, channels first.</param>
    /// <param name="type">The type of its values.</param>
    /// <param name="batch">The number of samples that the file fixes; null for any.</param>
    /// <param name="name">Its name.</param>
    public string Input(Shape sample, OnnxElementType type = OnnxElementType.Float, int? batch = null, string name = "image")
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(batch is { } count
            ? new TensorShapeProto.Types.Dimension { DimValue = count }
            : new TensorShapeProto.Types.Dimension { DimParam = "N" });
        shape.Dim.AddRange(sample.Select(dimension => new TensorShapeProto.Types.Dimension { DimValue = dimension }));
        Graph.Input.Add(ValueInfo(name, type, shape));
        return name;
    }

    /// <summary>A stored tensor of floats.</summary>
    public string Floats(
        Shape shape,
        float[] values,
        OnnxElementType type = OnnxElementType.Float,
        TensorStorage storage = TensorStorage.Raw
    ) => Stored(OnnxTensors.Make(NewName("stored"), shape, values, type, storage));

    /// <summary>A stored tensor of integers.</summary>
    public string Integers(
        Shape shape,
        long[] values,
        OnnxElementType type = OnnxElementType.Int64,
        TensorStorage storage = TensorStorage.Raw
    ) => Stored(OnnxTensors.Make(NewName("stored"), shape, values, type, storage));

    /// <summary>A stored vector of integers.</summary>
    public string Vector(params long[] values) => Integers(new Shape(values.Length), values);

    /// <summary>A stored number without dimensions.</summary>
    public string Scalar(float value) => Floats(new Shape(), [value]);

    /// <summary>A stored tensor.</summary>
    public string Stored(TensorProto tensor)
    {
        Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>The number or tensor as the output of a Constant node, as exporters write most.</summary>
    public string Constant(TensorProto tensor) => Node("Constant", [], ("value", tensor));

    /// <summary>A node of one output; a null input is left out, a null attribute too.</summary>
    /// <param name="type">The operator, behind <c>domain:</c> unless it is a standard one.</param>
    /// <param name="inputs">The tensors that it takes.</param>
    /// <param name="attributes">
    /// Names with values: integers, floats, text, tensors, graphs or arrays of the first three; an AttributeProto goes as it is.
    /// </param>
    public string Node(string type, IEnumerable<string?> inputs, params (string Name, object? Value)[] attributes)
    {
        NodeProto node = MakeNode(type, inputs, [NewName(type)], attributes);
        Graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>A node that belongs to a function or a subgraph.</summary>
    public static NodeProto MakeNode(
        string type,
        IEnumerable<string?> inputs,
        IEnumerable<string> outputs,
        params (string Name, object? Value)[] attributes)
    {
        int colon = type.IndexOf(':', StringComparison.Ordinal);
        NodeProto node = new() { OpType = type[(colon + 1)..], Domain = colon < 0 ? string.Empty : type[..colon] };
        node.Input.AddRange(inputs.Select(input => input ?? string.Empty));
        while (node.Input is [.., ""])
        {
            node.Input.RemoveAt(node.Input.Count - 1);
        }

        node.Output.AddRange(outputs);
        node.Name = node.Output is [string first, ..] ? $"/{first}" : string.Empty;
        node.Attribute.AddRange(
            attributes.Where(attribute => attribute.Value is not null).Select(attribute => Attribute(attribute.Name, attribute.Value!)));
        return node;
    }

    /// <summary>An operator of the file's own, by the domain and name that nodes use.</summary>
    public FunctionProto Function(string type, string[] inputs, string[] outputs, string[] attributes, params NodeProto[] nodes)
    {
        string[] names = type.Split(':');
        FunctionProto function = new() { Domain = names[0], Name = names[1] };
        function.Input.AddRange(inputs);
        function.Output.AddRange(outputs);
        function.Attribute.AddRange(attributes);
        function.Node.AddRange(nodes);
        function.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        function.OpsetImport.AddRange(
            nodes
                .Select(node => node.Domain)
                .Where(domain => domain.Length > 0)
                .Distinct()
                .Select(domain => new OperatorSetIdProto { Domain = domain, Version = 1 }));
        Model.Functions.Add(function);
        if (Model.OpsetImport.All(set => set.Domain != function.Domain))
        {
            Model.OpsetImport.Add(new OperatorSetIdProto { Domain = function.Domain, Version = 1 });
        }

        return function;
    }

    /// <summary>What the network gives.</summary>
    public OnnxGraphBuilder Output(string tensor, OnnxElementType type = OnnxElementType.Float)
    {
        Graph.Output.Add(ValueInfo(tensor, type, null));
        return this;
    }

    /// <summary>The content of the file.</summary>
    public byte[] ToBytes() => Model.ToByteArray();

    /// <inheritdoc/>
    public override string ToString()
    {
        Dictionary<string, string> stored = Graph.Initializer.ToDictionary(
            tensor => tensor.Name,
            tensor => $"{tensor.Name}({string.Join(',', tensor.Dims)}){Describe(tensor)}");
        IEnumerable<string> nodes = Graph.Node.Select(node =>
            $"{string.Join(", ", node.Output)} = {node.OpType}({string.Join(", ", node.Input.Select(input => stored.GetValueOrDefault(input, input)))}) {string.Join(' ', node.Attribute.Select(Describe))}");
        return $"opset {Opset}, input {string.Join("; ", Graph.Input.Select(input => $"{input.Name} {input.Type.TensorType.Shape}"))}\n{string.Join('\n', nodes)}";
    }

    private static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case AttributeProto made:
                return made;
            case bool flag:
                (attribute.Type, attribute.I) = (Kind.Int, flag ? 1 : 0);
                break;
            case int or long:
                (attribute.Type, attribute.I) = (Kind.Int, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float or double:
                (attribute.Type, attribute.F) = (Kind.Float, Convert.ToSingle(value, CultureInfo.InvariantCulture));
                break;
            case string text:
                (attribute.Type, attribute.S) = (Kind.String, ByteString.CopyFromUtf8(text));
                break;
            case TensorProto tensor:
                (attribute.Type, attribute.T) = (Kind.Tensor, tensor);
                break;
            case GraphProto graph:
                (attribute.Type, attribute.G) = (Kind.Graph, graph);
                break;
            case long[] or int[]:
                attribute.Type = Kind.Ints;
                attribute.Ints.AddRange(
                    ((Array)value).Cast<object>().Select(element => Convert.ToInt64(element, CultureInfo.InvariantCulture)));
                break;
            case float[] floats:
                attribute.Type = Kind.Floats;
                attribute.Floats.AddRange(floats);
                break;
            case string[] texts:
                attribute.Type = Kind.Strings;
                attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
                break;
            default:
                throw new ArgumentException($"An attribute cannot be a {value.GetType()}.", nameof(value));
        }

        return attribute;
    }

    private static string Describe(AttributeProto attribute) => attribute.Type switch
    {
        Kind.Int => $"{attribute.Name}={attribute.I}",
        Kind.Float => string.Create(CultureInfo.InvariantCulture, $"{attribute.Name}={attribute.F}"),
        Kind.String => $"{attribute.Name}={attribute.S.ToStringUtf8()}",
        Kind.Ints => $"{attribute.Name}=[{string.Join(',', attribute.Ints)}]",
        Kind.Tensor => $"{attribute.Name}=({string.Join(',', attribute.T.Dims)}){Describe(attribute.T)}",
        _ => $"{attribute.Name}:{attribute.Type}",
    };

    private static string Describe(TensorProto tensor)
    {
        const int few = 8;
        byte[] raw = tensor.RawData.ToByteArray();
        Array values =
            tensor.DataType == (int)OnnxElementType.Int64
                ? raw.Length > 0
                    ? MemoryMarshal.Cast<byte, long>(raw).ToArray()
                    : tensor.Int64Data.ToArray()
                : raw.Length > 0 && tensor.DataType == (int)OnnxElementType.Float
                    ? MemoryMarshal.Cast<byte, float>(raw).ToArray()
                    : tensor.FloatData.ToArray();
        return values.Length > few
            ? string.Empty
            : $"[{string.Join(", ", values.Cast<IFormattable>().Select(value => value.ToString(null, CultureInfo.InvariantCulture)))}]";
    }

    private static ValueInfoProto ValueInfo(string name, OnnxElementType type, TensorShapeProto? shape) =>
        new() { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };

    private string NewName(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{_count++}");
}
