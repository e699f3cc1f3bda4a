using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// The layers of a model JSON (tools.md 6.1) with what feeds them, found without reading what they are: classes that nobody knows and
/// arguments that nobody takes are no obstacle.
/// </summary>
internal sealed class KerasOutline
{
    private readonly Dictionary<string, KerasOutlineLayer> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

    private KerasOutline(IReadOnlyDictionary<string, object?> model, bool isSequential, IEnumerable<object?> layers)
    {
        Model = model;
        IsSequential = isSequential;
        Layers = [.. layers.OfType<IReadOnlyDictionary<string, object?>>().Select(KerasOutlineLayer.Of).OfType<KerasOutlineLayer>()];
        foreach (KerasOutlineLayer layer in Layers)
        {
            _byName.TryAdd(layer.Name, layer);
        }

        foreach ((string name, long node) in Layers.SelectMany(layer => layer.Calls).SelectMany(References))
        {
            // Some versions count the building of a nested model as a use, so that its only call is number 1.
            if (_byName[name] is { Inner: not null } nested && node >= nested.Calls.Count)
            {
                _offsets[name] = Math.Max(_offsets.GetValueOrDefault(name), node - nested.Calls.Count + 1);
            }
        }
    }

    /// <summary>The JSON.</summary>
    public IReadOnlyDictionary<string, object?> Model { get; }

    /// <summary>Whether it is a list of layers, each fed by the one before it.</summary>
    public bool IsSequential { get; }

    /// <summary>The layers in the order of the file.</summary>
    public IReadOnlyList<KerasOutlineLayer> Layers { get; }

    /// <summary>The names of the layers that the model gives.</summary>
    public IReadOnlyList<string> Outputs => IsSequential
        ? [.. Layers.TakeLast(1).Select(layer => layer.Name)]
        : [.. References(Settings?.GetValueOrDefault("output_layers")).Select(reference => reference.Name).Distinct()];

    private IReadOnlyDictionary<string, object?>? Settings => Model.GetValueOrDefault("config") as IReadOnlyDictionary<string, object?>;

    /// <summary>The outline of a parsed model; null for what is none, which its reader refuses.</summary>
    public static KerasOutline? Of(object? tree)
    {
        if (tree is not IReadOnlyDictionary<string, object?> model || model.GetValueOrDefault("class_name") is not string className)
        {
            return null;
        }

        object? config = model.GetValueOrDefault("config");
        object? layers = config is IReadOnlyDictionary<string, object?> settings ? settings.GetValueOrDefault("layers") : config;
        return KerasConfigReader.IsModel(className) && layers is IReadOnlyList<object?> list
            ? new KerasOutline(model, className == "Sequential", list)
            : null;
    }

    /// <summary>The layer of that name; null when there is none.</summary>
    public KerasOutlineLayer? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The layers that feed a layer, by one of its calls or by all of them.</summary>
    public IEnumerable<string> Before(KerasOutlineLayer layer)
    {
        if (IsSequential)
        {
            int place = Layers.TakeWhile(other => other != layer).Count();
            return place > 0 ? [Layers[place - 1].Name] : [];
        }

        return layer.Calls.SelectMany(References).Select(reference => reference.Name).Distinct();
    }

    /// <summary>The calls of layers that some layers need, those layers in their first call.</summary>
    public IReadOnlyDictionary<string, HashSet<int>> Needed(IEnumerable<string> outputs)
    {
        Dictionary<string, HashSet<int>> needed = new(StringComparer.Ordinal);
        Stack<(string Name, int Call)> open = new(outputs.Select(name => (name, 0)));
        while (open.TryPop(out (string Name, int Call) next))
        {
            KerasOutlineLayer layer = _byName[next.Name];
            if (!needed.TryGetValue(next.Name, out HashSet<int>? calls))
            {
                needed[next.Name] = calls = [];
            }

            if (calls.Add(next.Call) && next.Call < layer.Calls.Count)
            {
                foreach ((string name, long node) in References(layer.Calls[next.Call]))
                {
                    open.Push((name, (int)Math.Clamp(node - OffsetOf(name), 0, Math.Max(_byName[name].Calls.Count - 1, 0))));
                }
            }
        }

        return needed;
    }

    /// <summary>The number under which the file refers to the first call of a layer.</summary>
    public long OffsetOf(string name) => _offsets.GetValueOrDefault(name);

    /// <summary>The layers that a part of the JSON refers to, each with the number of the call: <c>[name, node, tensor, …]</c>.</summary>
    public IEnumerable<(string Name, long Node)> References(object? value) => value switch
    {
        IReadOnlyList<object?> list when IsReference(list) =>
            list.Skip(3).SelectMany(References).Prepend(((string)list[0]!, (long)list[1]!)),
        IReadOnlyList<object?> list => list.SelectMany(References),
        IReadOnlyDictionary<string, object?> map => map.Values.SelectMany(References),
        _ => [],
    };

    /// <summary>That part with the number of the call replaced where layers have another than the file says.</summary>
    public object? Renumber(object? value, IReadOnlySet<string> layers) => value switch
    {
        IReadOnlyList<object?> list when IsReference(list) && layers.Contains((string)list[0]!) =>
            (List<object?>)[list[0], 0L, list[2], .. list.Skip(3).Select(item => Renumber(item, layers))],
        IReadOnlyList<object?> list => list.Select(item => Renumber(item, layers)).ToList(),
        IReadOnlyDictionary<string, object?> map => PythonMap.Of(map, item => Renumber(item, layers)),
        _ => value,
    };

    private bool IsReference(IReadOnlyList<object?> list) => list is [string name, long, long, ..] && _byName.ContainsKey(name);
}
