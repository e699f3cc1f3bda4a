using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The network of a file as a checked graph: one input, one output, every tensor made once, no cycles.</summary>
internal sealed class OnnxGraph
{
    /// <summary>
    /// The most stored values, and the most weights of all layers: 2 GB of them, what a model file can hold. A small file can name a
    /// large one beside it, or give one tensor to layers, as often as it likes.
    /// </summary>
    public const long MostWeights = 1L << 29;

    private readonly OnnxTensorReader _reader;
    private readonly Dictionary<string, TensorProto> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxConstant> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<OnnxNode>> _consumers = new(StringComparer.Ordinal);
    private long _storedValues;

    /// <summary>Checks the network of a file.</summary>
    /// <exception cref="QuantException">
    /// <c>OnnxGraphInvalid</c>, <c>SeveralInputs</c> or <c>SeveralOutputs</c>.
    /// </exception>
    public OnnxGraph(OnnxFile file)
    {
        File = file;
        _reader = new OnnxTensorReader(file);
        foreach (TensorProto tensor in file.Graph.Initializer)
        {
            if (!_stored.TryAdd(tensor.Name, tensor))
            {
                throw Invalid($"two stored tensors are called '{tensor.Name}'");
            }
        }

        ValueInfoProto[] inputs = [.. file.Graph.Input.Where(input => !_stored.ContainsKey(input.Name))];
        Input =
            inputs.Length == 1
                ? inputs[0]
                : throw file.Error(
                    "SeveralInputs",
                    inputs.Length == 0
                        ? "it has no input. Export the model with an example of its input"
                        : $"it has {inputs.Length} inputs ({Listing.Of(inputs.Select(input => input.Name))}), and only networks with one can be quantized. Export a model that takes one tensor",
                    QuantErrorKind.NotSupported);
        string[] outputs = [.. file.Graph.Output.Select(output => output.Name)];
        Output =
            outputs.Length == 1
                ? outputs[0]
                : throw file.Error(
                    "SeveralOutputs",
                    outputs.Length == 0
                        ? "it has no output. Export the model again"
                        : $"it has {outputs.Length} outputs ({Listing.Of(outputs)}), and only networks with one can be quantized. Export a model that gives the one you need",
                    QuantErrorKind.NotSupported);
        Connect(OnnxFunctions.Inline(file));
        Nodes = NodesFor(Output, node => node.Inputs);
        ConnectConsumers();
    }

    /// <summary>The file.</summary>
    public OnnxFile File { get; }

    /// <summary>The tensor of samples.</summary>
    public ValueInfoProto Input { get; }

    /// <summary>The number of samples that the file fixes; null when it is open.</summary>
    public long? Batch => Input.Type?.TensorType?.Shape?.Dim is [{ DimValue: > 0 } batch, ..] ? batch.DimValue : null;

    /// <summary>The tensor that the network gives.</summary>
    public string Output { get; }

    /// <summary>The nodes that the output depends on, producers before consumers.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>The stored tensor of that name; null when there is none.</summary>
    /// <exception cref="QuantException">Its data are wrong.</exception>
    public OnnxConstant? Constant(string name)
    {
        if (!_read.TryGetValue(name, out OnnxConstant? constant) && _stored.TryGetValue(name, out TensorProto? tensor))
        {
            _read[name] = constant = _reader.Read(tensor, name);
            _storedValues += constant.Count;
            RequireRoom(_storedValues);
        }

        return constant;
    }

    /// <summary>The number of axes of a stored tensor, or of one that a Constant holds; null for others.</summary>
    public int? Dimensions(string name) =>
        _stored.TryGetValue(name, out TensorProto? tensor) ? tensor.Dims.Count
        : Producer(name) is { OpType: "Constant", Domain.Length: 0 } node ? node.Tensor("value")?.Shape.Rank : null;

    /// <summary>Refuses more values than a network may have.</summary>
    /// <exception cref="QuantException"><c>OnnxWeightsTooMany</c>.</exception>
    public void RequireRoom(long values)
    {
        if (values > MostWeights)
        {
            throw File.Error(
                "OnnxWeightsTooMany",
                $"it has more than {MostWeights} weights, those counted that lie between groups of a convolution. Export a smaller network, or a part of it",
                QuantErrorKind.NotSupported);
        }
    }

    /// <summary>The node that gives a tensor; null for inputs and stored tensors.</summary>
    public OnnxNode? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    /// <summary>The nodes that take a tensor and that the output depends on, once for each time that they take it.</summary>
    public IReadOnlyList<OnnxNode> Consumers(string tensor) => _consumers.GetValueOrDefault(tensor) ?? [];

    /// <summary>Whether one node alone takes a tensor, and the network does not give it.</summary>
    public bool HasOneConsumer(string tensor) => Consumers(tensor).Count == 1 && tensor != Output;

    private void Connect(IReadOnlyList<OnnxNode> nodes)
    {
        foreach (OnnxNode node in nodes)
        {
            foreach (string output in node.Outputs.Where(output => output.Length > 0))
            {
                if (output == Input.Name || _stored.ContainsKey(output) || !_producers.TryAdd(output, node))
                {
                    throw Invalid($"the tensor '{output}' is made twice");
                }
            }
        }
    }

    /// <summary>The nodes that a tensor needs, each behind those that it needs itself.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="needs">The tensors that a node needs.</param>
    /// <exception cref="QuantException">One of them is made by nothing, or depends on itself.</exception>
    public IReadOnlyList<OnnxNode> NodesFor(string tensor, Func<OnnxNode, IReadOnlyList<string>> needs)
    {
        List<OnnxNode> sorted = [];
        HashSet<OnnxNode> done = new(ReferenceEqualityComparer.Instance);
        HashSet<OnnxNode> open = new(ReferenceEqualityComparer.Instance);
        Stack<(OnnxNode Node, IReadOnlyList<string> Needs, int Next)> stack = new();
        if (Producer(tensor) is { } last)
        {
            open.Add(last);
            stack.Push((last, needs(last), 0));
        }
        else if (tensor != Input.Name)
        {
            throw Invalid($"no node makes its output '{tensor}'");
        }

        while (stack.TryPop(out (OnnxNode Node, IReadOnlyList<string> Needs, int Next) top))
        {
            if (top.Next == top.Needs.Count)
            {
                open.Remove(top.Node);
                done.Add(top.Node);
                sorted.Add(top.Node);
                continue;
            }

            stack.Push(top with { Next = top.Next + 1 });
            string input = top.Needs[top.Next];
            if (input.Length == 0 || input == Input.Name || _stored.ContainsKey(input))
            {
                continue;
            }

            OnnxNode producer = Producer(input)
                ?? throw Invalid($"the node '{top.Node.Name}' takes the tensor '{input}', which nothing makes");
            if (done.Contains(producer))
            {
                continue;
            }

            if (!open.Add(producer))
            {
                throw Invalid($"the node '{producer.Name}' takes its own output");
            }

            stack.Push((producer, needs(producer), 0));
        }

        return sorted;
    }

    private void ConnectConsumers()
    {
        foreach (OnnxNode node in Nodes)
        {
            foreach (string input in node.Inputs.Where(input => input.Length > 0))
            {
                if (!_consumers.TryGetValue(input, out List<OnnxNode>? consumers))
                {
                    _consumers[input] = consumers = [];
                }

                consumers.Add(node);
            }
        }
    }

    private QuantException Invalid(string problem) =>
        File.Error("OnnxGraphInvalid", $"{problem}. The file is damaged; export the model again");
}
