using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>An import under way: what the tensors of the graph have become.</summary>
internal sealed class OnnxImport
{
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly LayerNames _free = new();
    private readonly Dictionary<string, OnnxActivation> _activations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxConstant> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxActivation[]> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly List<string> _replaced = [];
    private long _weights;

    /// <summary>Starts with the input alone.</summary>
    /// <param name="graph">The graph to import.</param>
    /// <param name="input">The layer where samples enter.</param>
    /// <param name="axes">How its axes lie.</param>
    /// <param name="spec">What it gives.</param>
    public OnnxImport(OnnxGraph graph, InputLayer input, TensorSpec spec, IReadOnlyList<int> axes)
    {
        Graph = graph;
        Input = input;
        RequireSize(input, spec.Shape);
        Append(input, []);
        _activations.Add(graph.Input.Name, new OnnxActivation(input.Name, spec, axes));
    }

    /// <summary>The graph.</summary>
    public OnnxGraph Graph { get; }

    /// <summary>Where samples enter.</summary>
    public InputLayer Input { get; }

    /// <summary>The layers made so far, in order.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The value of a tensor that is known already; null for one that depends on samples.</summary>
    public OnnxConstant? Constant(string tensor) => _constants.GetValueOrDefault(tensor) ?? Graph.Constant(tensor);

    /// <summary>An input of a node whose value must be known; null when it is left out.</summary>
    /// <param name="node">The node.</param>
    /// <param name="index">The position of the input.</param>
    /// <param name="what">What it is, for errors: <c>its weights</c>.</param>
    /// <exception cref="QuantException">It depends on samples.</exception>
    public OnnxConstant? Optional(OnnxNode node, int index, string what) =>
        !node.HasInput(index)
            ? null
            : Constant(node.Inputs[index])
                ?? throw node.Error(
                    "OnnxInputNotConstant",
                    $"{what} ('{node.Inputs[index]}') must be known when the network is imported, but the network computes them. Export it with constant weights and sizes");

    /// <summary>An input of a node whose value must be known.</summary>
    /// <exception cref="QuantException">It is left out, or depends on samples.</exception>
    public OnnxConstant Required(OnnxNode node, int index, string what) =>
        Optional(node, index, what)
        ?? throw node.Error(
            "OnnxInputMissing",
            $"{what} are missing. The file is damaged; export the model again",
            QuantErrorKind.InvalidData);

    /// <summary>An input of a node that depends on samples; null when its value is known.</summary>
    /// <exception cref="QuantException">It is left out.</exception>
    public OnnxActivation? ActivationOrNull(OnnxNode node, int index) =>
        !node.HasInput(index)
            ? throw node.Error(
                "OnnxInputMissing",
                $"its input {index} is missing. The file is damaged; export the model again",
                QuantErrorKind.InvalidData)
            : _activations.GetValueOrDefault(node.Inputs[index]);

    /// <summary>An input of a node that depends on samples.</summary>
    /// <exception cref="QuantException">It is left out, or a constant.</exception>
    public OnnxActivation Activation(OnnxNode node, int index = 0) =>
        ActivationOrNull(node, index)
        ?? throw node.Error(
            "OnnxInputConstant",
            $"its input '{node.Inputs[index]}' is a constant where a tensor of the network is expected. Export the model again with constant folding (do_constant_folding=True)");

    /// <summary>A tensor that depends on samples, for a node that stands for several.</summary>
    /// <exception cref="QuantException">It is a constant.</exception>
    public OnnxActivation Activation(OnnxNode node, string tensor) =>
        _activations.GetValueOrDefault(tensor)
        ?? throw node.Error(
            "OnnxInputConstant",
            $"the tensor '{tensor}' before it is a constant. Export the model again with constant folding (do_constant_folding=True)");

    /// <summary>An input that is an image, its channels last in memory.</summary>
    /// <exception cref="QuantException">It has not the three axes of an image.</exception>
    public OnnxActivation Image(OnnxNode node, int index = 0)
    {
        OnnxActivation value = Activation(node, index);
        return value.Axes.Count == 3
            ? Ordered(value, OnnxActivation.ChannelsLast, node)
            : throw node.Error(
                "OnnxNotAnImage",
                $"its input has the shape {value.Shape} behind the batch, and (channels, height, width) is expected. Reshape the network's tensors to images");
    }

    /// <summary>A tensor with its axes in that order in memory; a Permute or Reshape is added where they are not.</summary>
    public OnnxActivation Ordered(OnnxActivation value, IReadOnlyList<int> axes, OnnxNode node)
    {
        if (value.Flattened is not null)
        {
            // One row of values that ONNX counts channel by channel.
            OnnxActivation pixels = OnnxRow.Unflatten(value, node, this);
            OnnxActivation planes = Ordered(pixels, OnnxActivation.InOrder(3), node);
            return Add(new Flatten { Name = FreeName($"{node.Name}/row") }, OnnxActivation.InOrder(1), planes);
        }

        if (value.Axes.SequenceEqual(axes))
        {
            return value;
        }

        int[] from = [.. axes.Select(axis => value.Axes.ToList().IndexOf(axis))];
        return value.LiesAs(axes)
            ? Add(
                new Reshape
                {
                    Name = FreeName($"{node.Name}/reshape"),
                    TargetShape = new Shape([.. from.Select(position => value.Stored[position])]),
                },
                axes,
                value)
            : Add(new Permute { Name = FreeName($"{node.Name}/permute"), Dims = [.. from.Select(position => position + 1)] }, axes, value);
    }

    /// <summary>Adds a layer.</summary>
    /// <param name="layer">The layer, its name free.</param>
    /// <param name="axes">How the axes of its output lie.</param>
    /// <param name="inputs">What it takes.</param>
    /// <returns>Its output.</returns>
    /// <exception cref="QuantException">The inputs do not fit the layer.</exception>
    public OnnxActivation Add(Layer layer, IReadOnlyList<int> axes, params OnnxActivation[] inputs)
    {
        TensorSpec output;
        try
        {
            output = layer.PrepareNamed([.. inputs.Select(input => input.Spec)]).Output;
        }
        catch (OverflowException)
        {
            throw TooLarge(layer, "its output");
        }

        RequireSize(layer, output.Shape);
        _weights += layer.Variables.Sum(variable => (long)variable.Value.Size);
        Graph.RequireRoom(_weights);
        Append(layer, inputs);
        return new OnnxActivation(layer.Name, output, axes);
    }

    /// <summary>Adds a layer that leaves the shape and the order of its input.</summary>
    public OnnxActivation AddLike(Layer layer, OnnxActivation input) => Add(layer, input.Axes, input) with { Flattened = input.Flattened };

    /// <summary>The layer that gives a tensor.</summary>
    public Layer LayerOf(OnnxActivation value) => _nodes[_positions[value.Layer]].Layer;

    /// <summary>What the layer that gives a tensor takes. A layer whose output nothing takes in the end is not part of the model.</summary>
    public IReadOnlyList<OnnxActivation> InputsOf(OnnxActivation value) => _inputs[value.Layer];

    /// <summary>Puts another layer of the same name and output in the place of one made before.</summary>
    public void Replace(Layer layer)
    {
        _nodes[_positions[layer.Name]] = _nodes[_positions[layer.Name]] with { Layer = layer };
        _replaced.Add(layer.Name);
    }

    /// <summary>The layers that were replaced since this was last asked.</summary>
    public IReadOnlyList<Node> TakeReplaced()
    {
        Node[] replaced = [.. _replaced.Distinct().Select(name => _nodes[_positions[name]])];
        _replaced.Clear();
        return replaced;
    }

    /// <summary>
    /// Whether several nodes take what a layer gives, or the network gives it, so that nothing can be changed behind it. Who asks
    /// for the shape takes none of it.
    /// </summary>
    public bool IsShared(OnnxActivation value)
    {
        HashSet<string> tensors = _tensors.GetValueOrDefault(value.Layer) ?? [];
        IEnumerable<OnnxNode> takers = tensors
            .SelectMany(Graph.Consumers)
            .Where(node => !tensors.Contains(node.Output) && node.OpType != "Shape");
        return Graph.Outputs.Any(tensors.Contains) || takers.Skip(1).Any();
    }

    /// <summary>The output of a node is a tensor that depends on samples.</summary>
    public void Set(OnnxNode node, OnnxActivation value) => Set(node.Output, value);

    /// <summary>A tensor, one of several that a node gives, depends on samples.</summary>
    public void Set(string tensor, OnnxActivation value)
    {
        _activations[tensor] = value;
        if (!_tensors.TryGetValue(value.Layer, out HashSet<string>? tensors))
        {
            _tensors[value.Layer] = tensors = new HashSet<string>(StringComparer.Ordinal);
        }

        tensors.Add(tensor);
    }

    /// <summary>The output of a node is known.</summary>
    public void Set(OnnxNode node, OnnxConstant value) => _constants[node.Output] = value;

    /// <summary>The outputs of a node are known, in order.</summary>
    public void Set(OnnxNode node, IReadOnlyList<OnnxConstant> values)
    {
        for (int i = 0; i < Math.Min(values.Count, node.Outputs.Count); i++)
        {
            _constants[node.Outputs[i]] = values[i];
        }
    }

    /// <summary>The name of the node for a layer, made free by a number.</summary>
    public string NameOf(OnnxNode node) => FreeName(node.Name);

    /// <summary>That name, or the first of <c>name_1</c>, <c>name_2</c>, … that no layer has.</summary>
    public string FreeName(string name) => _free.Peek(name, _names.Contains);

    /// <summary>What a tensor has become; null where nothing did that depends on samples.</summary>
    public OnnxActivation? Find(string tensor) => _activations.GetValueOrDefault(tensor);

    private static void RequireSize(Layer layer, Shape shape)
    {
        if (shape.Aggregate(1L, (size, dimension) => Math.Min(size * dimension, Array.MaxLength + 1L)) > Array.MaxLength)
        {
            throw TooLarge(layer, $"a sample of the shape {shape}");
        }
    }

    private static QuantException TooLarge(Layer layer, string what) =>
        new(
            "OnnxTensorTooLarge",
            QuantErrorKind.NotSupported,
            $"Layer '{layer.Name}' ({layer.ClassName}): {what} has more values than fit. Export the model for smaller samples.",
            layer.Name);

    private void Append(Layer layer, OnnxActivation[] inputs)
    {
        _positions.Add(layer.Name, _nodes.Count);
        _names.Add(layer.Name);
        _inputs.Add(layer.Name, inputs);
        _nodes.Add(new Node(layer, [.. inputs.Select(input => input.Layer)]));
    }
}
