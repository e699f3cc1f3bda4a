using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>
/// Changes to the graph of a model, made one after the other and seen by the next, that become a new model in
/// the end (transforms.md 3). Weights belong to layers, so they move with them.
/// </summary>
internal sealed class GraphEditor
{
    private readonly Model _model;
    private readonly Dictionary<string, Node> _nodes;

    /// <summary>The names of the nodes that take each output, once for each time that they take it; graphs have thousands.</summary>
    private readonly Dictionary<string, List<string>> _consumers = new(StringComparer.Ordinal);
    private readonly List<string> _outputs;
    private bool _changed;

    /// <summary>Starts from a model, which stays as it is.</summary>
    public GraphEditor(Model model)
    {
        _model = model;
        _nodes = new Dictionary<string, Node>(model.Nodes.Count, StringComparer.Ordinal);
        _outputs = [.. model.Outputs];
        foreach (Node node in model.Nodes)
        {
            _nodes.Add(node.Name, node);
            Link(node);
        }
    }

    /// <summary>The node of that name as it is now.</summary>
    public Node this[string name] => _nodes[name];

    /// <summary>Whether a layer has that name.</summary>
    public bool IsTaken(string name) => _nodes.ContainsKey(name);

    /// <summary>That name, or the first of <c>name_1</c>, <c>name_2</c>, … that no layer has.</summary>
    public string FreeName(string name) => new LayerNames().Next(name, IsTaken);

    /// <summary>Whether the model gives the output of that layer.</summary>
    public bool IsOutput(string name) => _outputs.Contains(name);

    /// <summary>The nodes that take the output of that layer, once for each time that they take it.</summary>
    public IReadOnlyList<Node> Consumers(string name) =>
        _consumers.TryGetValue(name, out List<string>? names) ? [.. names.Select(consumer => _nodes[consumer])] : [];

    /// <summary>Puts another layer of the same name in the place of one.</summary>
    public void Replace(Layer layer) => Set(_nodes[layer.Name] with { Layer = layer });

    /// <summary>Puts a layer of another name in the place of one: consumers and outputs take it instead.</summary>
    /// <param name="name">The layer to replace.</param>
    /// <param name="layer">The layer in its place.</param>
    /// <param name="inputs">What it takes; the inputs of the other unless given.</param>
    /// <exception cref="QuantException">A layer has that name already.</exception>
    public void Replace(string name, Layer layer, IReadOnlyList<string>? inputs = null)
    {
        Node node = _nodes[name] with { Layer = layer, Inputs = inputs ?? _nodes[name].Inputs };
        if (layer.Name == name)
        {
            Set(node);
            return;
        }

        RequireFree(layer.Name);
        foreach (Node consumer in Consumers(name))
        {
            Redirect(consumer.Name, name, layer.Name);
        }

        MoveOutputs(name, layer.Name);
        Drop(name);
        Set(node);
    }

    /// <summary>
    /// Inserts a layer behind another: the consumers take the new one instead. Outputs of the model move to it
    /// when the other has no consumers at all, or when asked.
    /// </summary>
    /// <param name="target">The layer to insert behind.</param>
    /// <param name="layer">The new layer, of one input.</param>
    /// <param name="consumers">The names of the consumers to redirect; all unless given.</param>
    /// <param name="moveOutputs">Whether outputs move also when there are consumers.</param>
    /// <exception cref="QuantException">A layer has that name already.</exception>
    public void InsertAfter(string target, Layer layer, IReadOnlyCollection<string>? consumers = null, bool moveOutputs = false)
    {
        IReadOnlyList<Node> all = Consumers(target);
        foreach (Node consumer in all.Where(node => consumers?.Contains(node.Name) ?? true))
        {
            Redirect(consumer.Name, target, layer.Name);
        }

        Insert(layer, target);
        if (moveOutputs || all.Count == 0)
        {
            MoveOutputs(target, layer.Name);
        }
    }

    /// <summary>Inserts a layer on one connection only.</summary>
    /// <param name="consumer">The layer whose input is to come from the new one.</param>
    /// <param name="input">The position of that input.</param>
    /// <param name="layer">The new layer, of one input.</param>
    /// <exception cref="QuantException">A layer has that name already.</exception>
    public void InsertBefore(string consumer, int input, Layer layer)
    {
        Node node = _nodes[consumer];
        string producer = node.Inputs[input];
        Insert(layer, producer);
        string[] inputs = [.. node.Inputs];
        inputs[input] = layer.Name;
        Set(node with { Inputs = inputs });
    }

    /// <summary>Adds a layer that nothing takes yet.</summary>
    /// <exception cref="QuantException">A layer has that name already.</exception>
    public void Add(Node node) => Insert(node.Layer, [.. node.Inputs]);

    /// <summary>Lets a layer take other inputs.</summary>
    public void Connect(string name, params string[] inputs) => Set(_nodes[name] with { Inputs = inputs });

    /// <summary>Removes a layer of one input: consumers and outputs take its input instead.</summary>
    public void Remove(string name)
    {
        string producer = _nodes[name].Inputs.Single();
        foreach (Node consumer in Consumers(name))
        {
            Redirect(consumer.Name, name, producer);
        }

        MoveOutputs(name, producer);
        Drop(name);
        _changed = true;
    }

    /// <summary>
    /// Makes <c>first → second</c> into <c>second → first</c> (transforms.md 3.2): consumers and outputs of the
    /// second take the first instead.
    /// </summary>
    /// <exception cref="InvalidOperationException">The second is not the only thing that takes the first.</exception>
    public void Swap(string first, string second)
    {
        if (Consumers(first) is not [Node consumer] || consumer.Name != second || IsOutput(first) || consumer.Inputs.Count != 1)
        {
            throw new InvalidOperationException(
                $"'{first}' and '{second}' cannot change places: more than one layer or output is connected between them.");
        }

        foreach (Node next in Consumers(second))
        {
            Redirect(next.Name, second, first);
        }

        Set(_nodes[second] with { Inputs = _nodes[first].Inputs });
        Set(_nodes[first] with { Inputs = [second] });
        MoveOutputs(second, first);
    }

    /// <summary>The model with all changes; the one that the editor began with when there were none.</summary>
    public Model Build()
    {
        if (!_changed)
        {
            return _model;
        }

        var made = Model.Create(_model.Name, _model.IsSequential, _nodes.Values, _outputs);
        return _model.Ranges.Count == 0 ? made : made.WithRanges(RangeTrace.Carry(_model, made));
    }

    private void Insert(Layer layer, params string[] producers)
    {
        RequireFree(layer.Name);
        Set(new Node(layer, producers));
    }

    private void RequireFree(string name)
    {
        if (IsTaken(name))
        {
            throw new QuantException(
                "LayerNameTaken",
                QuantErrorKind.InvalidArgument,
                $"A layer called '{name}' cannot be inserted into the model '{_model.Name}': there is one of that name already. Rename it.",
                name);
        }
    }

    private void Set(Node node)
    {
        Unlink(node.Name);
        _nodes[node.Name] = node;
        Link(node);
        _changed = true;
    }

    private void Link(Node node)
    {
        foreach (string input in node.Inputs)
        {
            if (!_consumers.TryGetValue(input, out List<string>? names))
            {
                _consumers.Add(input, names = []);
            }

            names.Add(node.Name);
        }
    }

    private void Unlink(string name)
    {
        if (_nodes.TryGetValue(name, out Node? node))
        {
            foreach (string input in node.Inputs)
            {
                _consumers[input].Remove(name);
            }
        }
    }

    private void Drop(string name)
    {
        Unlink(name);
        _nodes.Remove(name);
    }

    private void Redirect(string consumer, string from, string to)
    {
        Node node = _nodes[consumer];
        Set(node with { Inputs = [.. node.Inputs.Select(input => input == from ? to : input)] });
    }

    private void MoveOutputs(string from, string to)
    {
        for (int i = 0; i < _outputs.Count; i++)
        {
            if (_outputs[i] == from)
            {
                _outputs[i] = to;
            }
        }
    }
}
