namespace AkidaQuant.Layers;

/// <summary>A dictionary among the arguments of a layer, whose text is its entries and not the name of its type.</summary>
internal sealed class ArgumentMap : OrderedDictionary<string, object?>
{
    /// <summary>The entries: <c>{class_name: Zeros, config: {}}</c>.</summary>
    public override string ToString() =>
        Printable.Of($"{{{string.Join(", ", this.Select(entry => $"{entry.Key}: {entry.Value ?? "null"}"))}}}");
}
