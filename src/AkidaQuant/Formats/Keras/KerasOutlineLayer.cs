namespace AkidaQuant.Formats.Keras;

/// <summary>A layer of a model JSON.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ClassName">Its class, as Python calls it.</param>
/// <param name="Json">All that the file says of it.</param>
/// <param name="Calls">Its uses, each with what feeds it; none in a sequential model.</param>
/// <param name="Inner">The model in its place; null for an ordinary layer.</param>
internal sealed record KerasOutlineLayer(
    string Name, string ClassName, IReadOnlyDictionary<string, object?> Json, IReadOnlyList<object?> Calls, KerasOutline? Inner)
{
    /// <summary>Whether samples enter here.</summary>
    public bool IsInput => ClassName == "InputLayer";

    /// <summary>The layer; null for what is none, which its reader refuses.</summary>
    public static KerasOutlineLayer? Of(IReadOnlyDictionary<string, object?> json)
    {
        var config = json.GetValueOrDefault("config") as IReadOnlyDictionary<string, object?>;
        return json.GetValueOrDefault("class_name") is string className
            && (json.GetValueOrDefault("name") ?? config?.GetValueOrDefault("name")) is string name
            ? new KerasOutlineLayer(
                name,
                className[(className.IndexOf('>', StringComparison.Ordinal) + 1)..],
                json,
                json.GetValueOrDefault("inbound_nodes") as IReadOnlyList<object?> ?? [],
                KerasOutline.Of(json))
            : null;
    }

    /// <summary>Whether the model in its place has a layer that is called so once the models are gone, or a model within it has.</summary>
    public bool Holds(string name) => Inner is not null && Inner.Layers.Any(layer =>
        !layer.IsInput && (layer.Name == name || name.StartsWith($"{Name}_{layer.Name}", StringComparison.Ordinal) || layer.Holds(name)));
}
