namespace AkidaQuant.Text;

/// <summary>A list that was read, whose text is JSON again.</summary>
internal sealed class PythonList(int capacity) : List<object?>(capacity)
{
    /// <summary>The items on one line.</summary>
    public override string ToString() => PythonJson.ToLine(this);
}
