using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The nodes of a function as one call of it stands for them: on the tensors and with the attributes of the call.</summary>
internal sealed class OnnxFunctionCall
{
    private readonly OnnxFile _file;
    private readonly string? _name;
    private readonly IList<NodeProto> _nodes;
    private readonly Dictionary<string, string> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);
    private int _next;

    private OnnxFunctionCall(OnnxFile file, FunctionProto? function, string? name, IList<NodeProto> nodes)
    {
        _file = file;
        Function = function;
        _name = name;
        _nodes = nodes;
    }

    /// <summary>The function; null for the network itself.</summary>
    public FunctionProto? Function { get; }

    /// <summary>Nodes for those outputs that are inputs, or outputs given before.</summary>
    public IReadOnlyList<OnnxNode> Passed { get; private set; } = [];

    /// <summary>The network itself, whose nodes stand for themselves.</summary>
    public static OnnxFunctionCall Main(OnnxFile file) => new(file, null, null, file.Graph.Node);

    /// <summary>A call of a function.</summary>
    /// <param name="file">The file.</param>
    /// <param name="function">The function.</param>
    /// <param name="call">The node that calls it.</param>
    /// <param name="name">What the names inside start with.</param>
    /// <exception cref="QuantException"><c>OnnxFunctionInvalid</c>: it has more inputs or outputs than the function.</exception>
    public static OnnxFunctionCall Of(OnnxFile file, FunctionProto function, OnnxNode call, string name)
    {
        if (call.Inputs.Count > function.Input.Count || call.Outputs.Count > function.Output.Count)
        {
            throw call.Error(
                "OnnxFunctionInvalid",
                $"it has {call.Inputs.Count} inputs and {call.Outputs.Count} outputs, and the function has {function.Input.Count} and {function.Output.Count}. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        OnnxFunctionCall made = new(file, function, name, function.Node);
        for (int i = 0; i < function.Input.Count; i++)
        {
            made._tensors[function.Input[i]] = call.HasInput(i) ? call.Inputs[i] : string.Empty;
        }

        List<OnnxNode> passed = [];
        for (int i = 0; i < call.Outputs.Count; i++)
        {
            if (call.Outputs[i].Length > 0 && !made._tensors.TryAdd(function.Output[i], call.Outputs[i]))
            {
                NodeProto pass = new()
                {
                    OpType = "Identity",
                    Name = Inside(name, function.Output[i]),
                    Input = { made._tensors[function.Output[i]] },
                    Output = { call.Outputs[i] },
                };
                passed.Add(new OnnxNode(file, pass));
            }
        }

        foreach (AttributeProto attribute in function.AttributeProto)
        {
            made._attributes[attribute.Name] = attribute;
        }

        foreach ((string key, AttributeProto attribute) in call.Attributes)
        {
            made._attributes[key] = attribute;
        }

        made.Passed = passed;
        return made;
    }

    /// <summary>The name of something inside a call.</summary>
    public static string Inside(string call, string name) => $"{call}/{name}";

    /// <summary>The next node as the function has it; null behind the last.</summary>
    public NodeProto? Next() => _next < _nodes.Count ? _nodes[_next++] : null;

    /// <summary>A node as the call stands for it. An attribute that refers to one that the call does not give is left out.</summary>
    public OnnxNode Bind(NodeProto node)
    {
        OnnxNode bound = new(_file, node);
        IEnumerable<KeyValuePair<string, AttributeProto>> attributes = node.Attribute
            .Select(attribute => new KeyValuePair<string, AttributeProto?>(
                attribute.Name, attribute.RefAttrName.Length == 0 ? attribute : _attributes.GetValueOrDefault(attribute.RefAttrName)))
            .Where(pair => pair.Value is not null)!;
        return new OnnxNode(
            bound,
            _name is null ? bound.Name : Inside(_name, bound.Name),
            [.. node.Input.Select(Tensor)],
            [.. node.Output.Select(Tensor)],
            attributes);
    }

    private string Tensor(string name) =>
        name.Length == 0 || _name is null ? name : _tensors.TryGetValue(name, out string? bound) ? bound : Inside(_name, name);
}
