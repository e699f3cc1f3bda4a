using AkidaQuant.Formats.Onnx.Schema;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>One call of an operator, its attributes checked as they are read.</summary>
internal sealed class OnnxNode
{
    private readonly OnnxFile _file;
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);

    /// <summary>Takes a node of the file.</summary>
    /// <param name="file">The file, for errors and stored tensors.</param>
    /// <param name="node">The node.</param>
    public OnnxNode(OnnxFile file, NodeProto node)
    {
        _file = file;
        OpType = node.OpType;
        Domain = DomainOf(node.Domain);
        Inputs = [.. node.Input];
        Outputs = [.. node.Output];
        Name = NameOf(node.Name.Length > 0 ? node.Name : Outputs.FirstOrDefault(output => output.Length > 0) ?? OpType);
        foreach (AttributeProto attribute in node.Attribute)
        {
            _attributes[attribute.Name] = attribute;
        }
    }

    /// <summary>The same call on other tensors, with other attributes, each under the name that it has here.</summary>
    public OnnxNode(
        OnnxNode node,
        string name,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        IEnumerable<KeyValuePair<string, AttributeProto>> attributes)
    {
        _file = node._file;
        OpType = node.OpType;
        Domain = node.Domain;
        Inputs = inputs;
        Outputs = outputs;
        Name = name;
        foreach ((string key, AttributeProto attribute) in attributes)
        {
            _attributes[key] = attribute;
        }
    }

    /// <summary>A standard operator that stands for a node of the file.</summary>
    public OnnxNode(
        OnnxNode node,
        string opType,
        string name,
        IReadOnlyList<string> inputs,
        IReadOnlyList<string> outputs,
        IEnumerable<AttributeProto> attributes)
        : this(node, name, inputs, outputs, attributes.Select(attribute => KeyValuePair.Create(attribute.Name, attribute)))
    {
        OpType = opType;
        Domain = string.Empty;
    }

    /// <summary>The attributes by their names.</summary>
    public IEnumerable<KeyValuePair<string, AttributeProto>> Attributes => _attributes;

    /// <summary>Its name; that of its first output where it has none.</summary>
    public string Name { get; }

    /// <summary>The operator.</summary>
    public string OpType { get; }

    /// <summary>The domain of the operator; empty for standard ones.</summary>
    public string Domain { get; }

    /// <summary>The tensors that it takes; an empty name for one that is left out.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The tensors that it gives.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The first output.</summary>
    public string Output => Outputs[0];

    /// <summary>Whether a domain is that of the standard operators.</summary>
    public static bool IsStandard(string domain) => domain is "" or "ai.onnx";

    /// <summary>The name of a domain; empty for that of the standard operators.</summary>
    public static string DomainOf(string domain) => IsStandard(domain) ? string.Empty : domain;

    /// <summary>
    /// A name for a layer. Control characters become spaces: no network needs them, consoles obey them, and the names of weights in
    /// Keras files end at some.
    /// </summary>
    public static string NameOf(string name) =>
        name.Any(char.IsControl) ? string.Concat(name.Select(letter => char.IsControl(letter) ? ' ' : letter)) : name;

    /// <summary>Whether an optional input is given.</summary>
    public bool HasInput(int index) => index < Inputs.Count && Inputs[index].Length > 0;

    /// <summary>Whether an attribute is given.</summary>
    public bool HasAttribute(string name) => _attributes.ContainsKey(name);

    /// <summary>An integer attribute.</summary>
    public long Int(string name, long defaultValue) => Attribute(name, Kind.Int)?.I ?? defaultValue;

    /// <summary>A float attribute.</summary>
    public float Float(string name, float defaultValue) => Attribute(name, Kind.Float)?.F ?? defaultValue;

    /// <summary>A text attribute.</summary>
    public string Text(string name, string defaultValue) => Attribute(name, Kind.String)?.S.ToStringUtf8() ?? defaultValue;

    /// <summary>An attribute of several integers; null when it is not given.</summary>
    public long[]? Ints(string name) => Attribute(name, Kind.Ints) is { } attribute ? [.. attribute.Ints] : null;

    /// <summary>An attribute of several floats; null when it is not given.</summary>
    public float[]? Floats(string name) => Attribute(name, Kind.Floats) is { } attribute ? [.. attribute.Floats] : null;

    /// <summary>A tensor attribute; null when it is not given.</summary>
    public OnnxConstant? Tensor(string name) =>
        Attribute(name, Kind.Tensor) is { } attribute
            ? new OnnxTensorReader(_file).Read(attribute.T ?? new TensorProto(), $"{Name}.{name}")
            : null;

    /// <summary>An error about this node; <paramref name="problem"/> says what was found and what to do, without a final stop.</summary>
    public QuantException Error(string id, string problem, QuantErrorKind kind = QuantErrorKind.NotSupported) =>
        new(id, kind, $"The node '{Name}' ({OpType}) of '{_file.Path}' cannot be imported: {problem}.", Name);

    private AttributeProto? Attribute(string name, Kind kind) => !_attributes.TryGetValue(name, out AttributeProto? attribute) ? null
        : attribute.Type == kind || attribute.Type == Kind.Undefined ? attribute
        : throw Error(
            "OnnxAttributeInvalid",
            $"its attribute '{name}' is of the kind {attribute.Type}, not {kind}. The file is damaged; export the model again",
            QuantErrorKind.InvalidData);
}
