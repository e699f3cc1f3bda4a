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
    private readonly Dictionary<string, (OnnxActivation Source, int[] Channels)> _selections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (OnnxActivation Source, OnnxRange Rows, OnnxRange Columns)> _crops = new(StringComparer.Ordinal);
    private readonly Lazy<bool> _hasLines;
    private long _weights;

    /// <summary>Starts with the input alone.</summary>
    /// <param name="graph">The graph to import.</param>
    /// <param name="input">The layer where samples enter.</param>
    /// <param name="axes">How its axes lie.</param>
    /// <param name="spec">What it gives.</param>
    public OnnxImport(OnnxGraph graph, InputLayer input, TensorSpec spec, IReadOnlyList<int> axes)
    {
        Graph = graph;
        _hasLines = new Lazy<bool>(() => OnnxLine.IsIn(graph));
        Input = input;
        RequireSize(input, spec.Shape);
        Append(input, []);
        Set(graph.Input.Name, new OnnxActivation(input.Name, spec, axes));
    }

    /// <summary>The graph.</summary>
    public OnnxGraph Graph { get; }

    /// <summary>Whether the network convolves or pools channels of positions, which are images of one row here.</summary>
    public bool HasLines => _hasLines.Value;

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
            : _activations.GetValueOrDefault(node.Inputs[index]) is { IsLoose: true } loose
                ? throw Lost(node, loose)
                : _activations.GetValueOrDefault(node.Inputs[index]);

    /// <summary>The first input of a node, which may have lost the axis of its batch.</summary>
    public OnnxActivation Loose(OnnxNode node) =>
        node.HasInput(0) && _activations.GetValueOrDefault(node.Inputs[0]) is { IsLoose: true } loose ? loose : Activation(node);

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
        _activations.GetValueOrDefault(tensor) is { IsLoose: true } loose ? throw Lost(node, loose)
        : _activations.GetValueOrDefault(tensor)
        ?? throw node.Error(
            "OnnxInputConstant",
            $"the tensor '{tensor}' before it is a constant. Export the model again with constant folding (do_constant_folding=True)");

    /// <summary>An input that is an image, its channels last in memory; channels of positions are one of one row.</summary>
    /// <exception cref="QuantException">It has not the three axes of an image, or the two of a line.</exception>
    public OnnxActivation Image(OnnxNode node, int index = 0)
    {
        OnnxActivation value = Activation(node, index);
        return value.Rank switch
        {
            3 => Ordered(value, OnnxActivation.ChannelsLast, node),
            2 => Ordered(Ordered(value, OnnxActivation.Line, node).AsImage(), OnnxActivation.ChannelsLast, node),
            _ => throw node.Error(
                "OnnxNotAnImage",
                $"its input has the shape {value.Shape} behind the batch, and (channels, height, width), or (channels, positions), is expected. Reshape the network's tensors to images"),
        };
    }

    /// <summary>The output of a node that computes images, which is a line where its first input is one.</summary>
    public void SetImage(OnnxNode node, OnnxActivation image) => Set(node, Activation(node).Rank == 2 ? image.AsLine() : image);

    /// <summary>
    /// Tensors with their axes in one order in memory: the one that they have, or else channels last for images and the order of ONNX for
    /// others.
    /// </summary>
    public IReadOnlyList<OnnxActivation> Alike(IReadOnlyList<OnnxActivation> values, OnnxNode node)
    {
        OnnxActivation first = values[0];
        if (values.All(value => value.Flattened == first.Flattened && value.Axes.SequenceEqual(first.Axes)))
        {
            return values;
        }

        IReadOnlyList<int> axes = first.Rank == 3 ? OnnxActivation.ChannelsLast
            : first.Rank == 2 && values.Any(value => value.IsWider) ? OnnxActivation.Line
            : OnnxActivation.InOrder(first.Rank);
        return [.. values.Select(value => Ordered(value, axes, node))];
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

        Shape shape = value.Shape;
        if (value.Wide(value.Axes).SequenceEqual(value.Wide(axes)))
        {
            Reshape reshape = new()
            {
                Name = FreeName($"{node.Name}/reshape"),
                TargetShape = new Shape([.. axes.Select(axis => axis == OnnxActivation.None ? 1 : shape[axis])]),
            };
            return Add(reshape, axes, value);
        }

        if (value.IsWider || axes.Contains(OnnxActivation.None))
        {
            // Axes that only memory has go before others change places, and come behind.
            OnnxActivation plain = Ordered(value, [.. value.Axes.Where(axis => axis != OnnxActivation.None)], node);
            return Ordered(Ordered(plain, [.. axes.Where(axis => axis != OnnxActivation.None)], node), axes, node);
        }

        int[] from = [.. axes.Select(axis => value.Axes.ToList().IndexOf(axis))];
        return Add(new Permute { Name = FreeName($"{node.Name}/permute"), Dims = [.. from.Select(position => position + 1)] }, axes, value);
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

    /// <summary>
    /// Puts other tensors in the place of those that a layer takes, whose output then has the shape that follows. Only for a layer that one
    /// node alone takes, which gets the tensor that this gives.
    /// </summary>
    public OnnxActivation Rewire(OnnxActivation value, params OnnxActivation[] inputs)
    {
        int position = _positions[value.Layer];
        Layer layer = _nodes[position].Layer;
        TensorSpec output = layer.PrepareNamed([.. inputs.Select(input => input.Spec)]).Output;
        _nodes[position] = new Node(layer, [.. inputs.Select(input => input.Layer)]);
        _inputs[value.Layer] = inputs;
        return value with { Spec = output };
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
        return Graph.Outputs.Any(tensors.Contains) || Takers(tensors).Skip(1).Any();
    }

    /// <summary>
    /// The nodes that take what a layer gives; null where the network gives it, too. Who asks for the shape takes none of it.
    /// </summary>
    public IReadOnlyList<OnnxNode>? Takers(OnnxActivation value)
    {
        HashSet<string> tensors = _tensors.GetValueOrDefault(value.Layer) ?? [];
        return Graph.Outputs.Any(tensors.Contains) ? null : [.. Takers(tensors)];
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

    /// <summary>What a layer that only selects channels takes, and which of them; null for another layer.</summary>
    public (OnnxActivation Source, int[] Channels)? Selection(OnnxActivation value) =>
        _selections.TryGetValue(value.Layer, out (OnnxActivation, int[]) found) ? found : null;

    /// <summary>A layer only selects channels.</summary>
    public void Selected(OnnxActivation value, OnnxActivation source, int[] channels) => _selections[value.Layer] = (source, channels);

    /// <summary>What a layer that only takes rows and columns of an image takes, and which of them; null for another layer.</summary>
    public (OnnxActivation Source, OnnxRange Rows, OnnxRange Columns)? Crop(OnnxActivation value) =>
        _crops.TryGetValue(value.Layer, out (OnnxActivation, OnnxRange, OnnxRange) found) ? found : null;

    /// <summary>A layer only takes rows and columns of an image.</summary>
    public void Cropped(OnnxActivation value, OnnxActivation source, OnnxRange rows, OnnxRange columns) =>
        _crops[value.Layer] = (source, rows, columns);

    /// <summary>Whether a tensor is one that depends on samples and that layers give already, each sample alone.</summary>
    public bool IsMade(string tensor) => _activations.TryGetValue(tensor, out OnnxActivation? value) && !value.IsLoose;

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

    private static QuantException Lost(OnnxNode node, OnnxActivation value) =>
        OnnxSamples.Moved(node, $"its input of the shape {value.Shape} has lost the axis of its batch");

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

    private IEnumerable<OnnxNode> Takers(HashSet<string> tensors) => tensors
        .SelectMany(Graph.Consumers)
        .Where(node => !tensors.Contains(node.Output) && node.OpType != "Shape");

    private void Append(Layer layer, OnnxActivation[] inputs)
    {
        _positions.Add(layer.Name, _nodes.Count);
        _names.Add(layer.Name);
        _inputs.Add(layer.Name, inputs);
        _nodes.Add(new Node(layer, [.. inputs.Select(input => input.Layer)]));
    }
}
