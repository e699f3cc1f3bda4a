namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The entries of an axis that a node takes: from the first one on, in steps.</summary>
/// <param name="First">The index of the first.</param>
/// <param name="Step">The distance between two, which may be negative.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct OnnxRange(int First, int Step, int Count)
{
    /// <summary>All entries of an axis.</summary>
    public static OnnxRange All(int size) => new(0, 1, size);

    /// <summary>What a second range takes of the entries of this one.</summary>
    public OnnxRange Of(OnnxRange next) => new(First + (next.First * Step), Step * next.Step, next.Count);

    /// <summary>The indices, in order.</summary>
    public int[] Indices()
    {
        (int first, int step) = (First, Step);
        return [.. Enumerable.Range(0, Count).Select(i => first + (i * step))];
    }
}
