using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The network of a file as a checked graph: one input, every tensor made once, no cycles.</summary>
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
    private readonly HashSet<string> _inputs;
    private long _storedValues;

    /// <summary>Checks the network of a file, or the part of it that some of its tensors need.</summary>
    /// <param name="file">The file.</param>
    /// <param name="wanted">What the network is to give, as <see cref="OnnxOutputs"/> finds it; null for what the file gives.</param>
    /// <exception cref="QuantException">
    /// <c>OnnxGraphInvalid</c>, <c>SeveralInputs</c>, <c>SeveralOutputs</c>, <c>OutputUnknown</c> or <c>OnnxSparseTensor</c>.
    /// </exception>
    public OnnxGraph(OnnxFile file, IReadOnlyList<string>? wanted = null)
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
        if (inputs.Length == 0)
        {
            throw file.Error(
                "SeveralInputs", "it has no input. Export the model with an example of its input", QuantErrorKind.NotSupported);
        }

        _inputs = [.. inputs.Select(input => input.Name)];
        IReadOnlyList<OnnxNode> nodes = OnnxFunctions.Inline(file);
        Connect(nodes);
        Outputs = OnnxOutputs.Find(file, nodes, _inputs, wanted);
        Nodes = NodesFor(node => node.Inputs);
        if (OnnxFloatForm.Of(Nodes, _inputs, Constant) is { } form)
        {
            Ranges = form.Ranges;
            _producers.Clear();
            Connect(form.Nodes);
            Outputs = [.. Outputs.Select(form.Real).Distinct()];
            Nodes = NodesFor(node => node.Inputs);
        }

        Input = FindInput(inputs);
        ConnectConsumers();
    }

    /// <summary>The file.</summary>
    public OnnxFile File { get; }

    /// <summary>The tensor of samples.</summary>
    public ValueInfoProto Input { get; }

    /// <summary>The number of samples that the file fixes; null when it is open.</summary>
    public long? Batch => Input.Type?.TensorType?.Shape?.Dim is [{ DimValue: > 0 } batch, ..] ? batch.DimValue : null;

    /// <summary>The tensors that the network gives: one, unless several were asked for.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The nodes that the outputs depend on, producers before consumers.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>The least and greatest values of tensors, as another tool found them; none for networks of floats.</summary>
    public IReadOnlyDictionary<string, (float Least, float Greatest)> Ranges { get; } =
        new Dictionary<string, (float Least, float Greatest)>();

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

    /// <summary>The nodes that take a tensor and that the outputs depend on, once for each time that they take it.</summary>
    public IReadOnlyList<OnnxNode> Consumers(string tensor) => _consumers.GetValueOrDefault(tensor) ?? [];

    /// <summary>Whether one node alone takes a tensor, and the network does not give it.</summary>
    public bool HasOneConsumer(string tensor) => Consumers(tensor).Count == 1 && !Outputs.Contains(tensor);

    private void Connect(IReadOnlyList<OnnxNode> nodes)
    {
        foreach (OnnxNode node in nodes)
        {
            foreach (string output in node.Outputs.Where(output => output.Length > 0))
            {
                if (_inputs.Contains(output) || _stored.ContainsKey(output) || !_producers.TryAdd(output, node))
                {
                    throw Invalid($"the tensor '{output}' is made twice");
                }
            }
        }
    }

    /// <summary>The nodes that the outputs need, each behind those that it needs itself.</summary>
    /// <param name="needs">The tensors that a node needs.</param>
    /// <exception cref="QuantException">One of them is made by nothing, or depends on itself.</exception>
    public IReadOnlyList<OnnxNode> NodesFor(Func<OnnxNode, IReadOnlyList<string>> needs)
    {
        List<OnnxNode> sorted = [];
        HashSet<OnnxNode> done = new(ReferenceEqualityComparer.Instance);
        foreach (string tensor in Outputs)
        {
            if (Producer(tensor) is { } last)
            {
                Sort(last, needs, sorted, done);
            }
            else if (!_inputs.Contains(tensor))
            {
                throw Invalid($"no node makes its output '{tensor}'");
            }
        }

        return sorted;
    }

    private void Sort(
        OnnxNode last, Func<OnnxNode, IReadOnlyList<string>> needs, List<OnnxNode> sorted, HashSet<OnnxNode> done)
    {
        if (done.Contains(last))
        {
            return;
        }

        HashSet<OnnxNode> open = new(ReferenceEqualityComparer.Instance) { last };
        Stack<(OnnxNode Node, IReadOnlyList<string> Needs, int Next)> stack = new();
        stack.Push((last, needs(last), 0));
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
            if (input.Length == 0 || _inputs.Contains(input) || _stored.ContainsKey(input))
            {
                continue;
            }

            OnnxNode producer = Producer(input)
                ?? throw (IsSparse(input)
                    ? File.Error(
                        "OnnxSparseTensor",
                        $"it stores '{input}' as a sparse tensor, which is not read. Export the model with dense weights",
                        QuantErrorKind.NotSupported)
                    : Invalid($"the node '{top.Node.Name}' takes the tensor '{input}', which nothing makes"));
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
    }

    /// <summary>The one input that the nodes take; of several that none takes, the first.</summary>
    private ValueInfoProto FindInput(ValueInfoProto[] inputs)
    {
        HashSet<string> taken = new([.. Nodes.SelectMany(node => node.Inputs), .. Outputs], StringComparer.Ordinal);
        ValueInfoProto[] needed = inputs.Length == 1 ? inputs : Array.FindAll(inputs, input => taken.Contains(input.Name));
        return needed.Length <= 1
            ? needed.FirstOrDefault(inputs[0])
            : throw File.Error(
                "SeveralInputs",
                $"it takes {needed.Length} inputs ({Listing.Of(needed.Select(input => input.Name))}), and only networks with one can be quantized. Export a model that takes one tensor",
                QuantErrorKind.NotSupported);
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

    private bool IsSparse(string tensor) => File.Graph.SparseInitializer.Any(sparse => sparse.Values?.Name == tensor);

    private QuantException Invalid(string problem) =>
        File.Error("OnnxGraphInvalid", $"{problem}. The file is damaged; export the model again");
}
