namespace AkidaQuant.Text;

/// <summary>A dictionary that was read, whose text is JSON again.</summary>
internal sealed class PythonMap() : OrderedDictionary<string, object?>(StringComparer.Ordinal)
{
    /// <summary>The entries on one line.</summary>
    public override string ToString() => PythonJson.ToLine(this);
}
