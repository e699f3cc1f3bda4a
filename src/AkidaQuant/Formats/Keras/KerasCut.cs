using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Takes the part of a model JSON that some layers need, before anything of the rest is read: classes that nobody knows, layers that are
/// used several times and further inputs do not matter where no layer in front of the cut has to do with them.
/// </summary>
internal sealed class KerasCut
{
    private readonly string _path;
    private readonly IReadOnlyList<string> _wanted;
    private readonly Dictionary<string, string> _groups = new(StringComparer.Ordinal);

    /// <summary>Prepares a cut.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="wanted">The layers whose outputs the model is to give.</param>
    public KerasCut(string path, IReadOnlyList<string> wanted)
    {
        _path = path;
        _wanted = wanted;
    }

    /// <summary>
    /// The layers that are left with the groups of their weights in an archive, which counts classes among all layers (tools.md 5.3).
    /// </summary>
    public IReadOnlyDictionary<string, string> Groups => _groups;

    /// <summary>The names of the layers that were left out.</summary>
    public IReadOnlyList<string> Dropped { get; private set; } = [];

    /// <summary>The JSON of the part that is needed; what is no model stays, for its reader to refuse.</summary>
    /// <exception cref="QuantException"><c>OutputUnknown</c>: there is no such layer.</exception>
    public object? Apply(object? tree)
    {
        if (KerasOutline.Of(tree) is not { } outline)
        {
            return tree;
        }

        string[] outputs = [.. _wanted.Select(name => Owner(outline, name)).Distinct()];
        IReadOnlyList<KerasOutlineLayer> kept;
        IReadOnlyDictionary<string, HashSet<int>> needed = new Dictionary<string, HashSet<int>>();
        if (outline.IsSequential)
        {
            int last = outputs.Max(name => outline.Layers.TakeWhile(layer => layer.Name != name).Count());
            kept = [.. outline.Layers.Take(last + 1)];
        }
        else
        {
            needed = outline.Needed(outputs);
            kept = [.. outline.Layers.Where(layer => needed.ContainsKey(layer.Name))];
        }

        NoteGroups(outline, kept);
        Dropped = [.. outline.Layers.Except(kept).Select(layer => layer.Name)];
        return outline.IsSequential
            ? With(outline, kept.Select(layer => (object?)layer.Json), null, [])
            : Functional(outline, kept, needed, outputs);
    }

    /// <summary>The model, its nested ones gone, with the outputs that were asked for.</summary>
    /// <param name="model">The model as the file has it.</param>
    /// <exception cref="QuantException"><c>OutputUnknown</c>, or as <see cref="NestedModels.Flatten(Model)"/>.</exception>
    public Model Finish(Model model)
    {
        Model flat = NestedModels.Flatten(model, Dropped, out IReadOnlyDictionary<string, string> placed);
        string[] outputs =
        [
            .. _wanted.Select(name => placed.TryGetValue(name, out string? own) ? own
                : flat.Find(name) is not null ? name
                : throw Unknown(name, flat.Nodes.Select(node => node.Name), flat.Outputs)).Distinct(),
        ];
        return Model.Create(flat.Name, flat.IsSequential && outputs.Length == 1, flat.Nodes, outputs);
    }

    /// <summary>The layer of the outermost model that has a name, or the model that holds it.</summary>
    private string Owner(KerasOutline outline, string name)
    {
        if (outline.Find(name) is { } own)
        {
            return !own.IsInput ? name : throw Wrong(
                $"'{name}' is its input, so that there is no network up to it. {Choices(name, NamesOf(outline), outline.Outputs)}");
        }

        return outline.Layers.FirstOrDefault(layer => layer.Holds(name))?.Name ?? throw Unknown(name, NamesOf(outline), outline.Outputs);
    }

    private static IEnumerable<string> NamesOf(KerasOutline outline) => outline.Layers
        .Where(layer => !layer.IsInput)
        .SelectMany(layer => layer.Inner is null ? [layer.Name] : NamesOf(layer.Inner).Prepend(layer.Name));

    private QuantException Unknown(string name, IEnumerable<string> names, IEnumerable<string> outputs) => Wrong(
        $"it has no layer '{name}' for -Output.{NearestName.Question(name, names)} {Choices(name, names, outputs)}");

    private static string Choices(string name, IEnumerable<string> names, IEnumerable<string> outputs) =>
        $"It gives {Listing.Of(outputs, name)}, and its layers are {Listing.Of(names, name)}";

    private QuantException Wrong(string problem) => new(
        "OutputUnknown", QuantErrorKind.InvalidArgument, $"The model file '{_path}' cannot be imported: {problem}.", _path);

    private void NoteGroups(KerasOutline outline, IReadOnlyList<KerasOutlineLayer> kept)
    {
        foreach ((string name, string group) in ArchivePaths.Of(
            string.Empty,
            outline.Layers.Where(layer => !outline.IsSequential || !layer.IsInput).Select(layer =>
                (layer.Name, layer.Inner is null ? layer.ClassName : layer.Inner.IsSequential ? "Sequential" : "Functional"))))
        {
            if (kept.Any(layer => layer.Name == name))
            {
                _groups[name] = group;
            }
        }
    }

    /// <summary>Layers of which one call is left have it alone, and are referred to by it.</summary>
    private static PythonMap Functional(
        KerasOutline outline,
        IReadOnlyList<KerasOutlineLayer> kept,
        IReadOnlyDictionary<string, HashSet<int>> needed,
        IReadOnlyList<string> outputs)
    {
        HashSet<string> single =
            [.. kept.Where(layer => layer.Calls.Count > 1 && needed[layer.Name].Count == 1).Select(layer => layer.Name)];
        List<object?> layers = [];
        foreach (KerasOutlineLayer layer in kept)
        {
            object? calls = single.Contains(layer.Name) ? new List<object?> { layer.Calls[needed[layer.Name].Single()] } : layer.Calls;
            PythonMap json = PythonMap.Of(layer.Json);
            if (json.ContainsKey("inbound_nodes"))
            {
                json["inbound_nodes"] = outline.Renumber(calls, single);
            }

            layers.Add(json);
        }

        return With(
            outline,
            layers,
            kept.Where(layer => layer.IsInput).Select(layer => (layer.Name, 0L)),
            outputs.Select(name => (name, single.Contains(name) ? 0 : outline.OffsetOf(name))));
    }

    private static PythonMap With(
        KerasOutline outline,
        IEnumerable<object?> layers,
        IEnumerable<(string Name, long Node)>? inputs,
        IEnumerable<(string Name, long Node)> outputs)
    {
        PythonMap model = PythonMap.Of(outline.Model);
        if (outline.Model["config"] is not IReadOnlyDictionary<string, object?> settings)
        {
            model["config"] = layers.ToList();
            return model;
        }

        PythonMap config = PythonMap.Of(settings);
        config["layers"] = layers.ToList();
        if (inputs is not null)
        {
            config["input_layers"] = References(inputs);
            config["output_layers"] = References(outputs);
        }

        model["config"] = config;
        return model;
    }

    private static List<object?> References(IEnumerable<(string Name, long Node)> layers) =>
        [.. layers.Select(layer => (object?)new List<object?> { layer.Name, layer.Node, 0L })];
}
