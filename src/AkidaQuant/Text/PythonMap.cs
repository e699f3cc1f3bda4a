namespace AkidaQuant.Text;

/// <summary>A dictionary that was read, whose text is JSON again.</summary>
internal sealed class PythonMap() : OrderedDictionary<string, object?>(StringComparer.Ordinal)
{
    /// <summary>The given entries, in their order.</summary>
    /// <param name="entries">Keys, each once, with their values.</param>
    /// <param name="change">Makes the value of an entry another one; null to leave all as they are.</param>
    public static PythonMap Of(IEnumerable<KeyValuePair<string, object?>> entries, Func<object?, object?>? change = null)
    {
        PythonMap map = [];
        foreach ((string key, object? value) in entries)
        {
            map[key] = change is null ? value : change(value);
        }

        return map;
    }

    /// <summary>The entries on one line.</summary>
    public override string ToString() => PythonJson.ToLine(this);
}
