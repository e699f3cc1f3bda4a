namespace AkidaQuant.Models;

/// <summary>Values of a layer by name, in order; the text is the entries, which is what tables and files of rows show.</summary>
public sealed class LayerDictionary<T> : OrderedDictionary<string, T>
{
    internal LayerDictionary(IEnumerable<KeyValuePair<string, T>> values)
        : base(values, StringComparer.Ordinal)
    {
    }

    /// <summary>The entries: <c>filters: 16, padding: same</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Join(", ", this.Select(entry => $"{entry.Key}: {(object?)entry.Value ?? "null"}")));
}
