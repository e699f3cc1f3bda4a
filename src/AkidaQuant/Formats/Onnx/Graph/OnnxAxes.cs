namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// The axes that nodes name: counted from the end where negative, and given as an attribute or as an input, as operator sets have
/// them.
/// </summary>
internal static class OnnxAxes
{
    /// <summary>The most axes that a tensor may have here; networks have at most a tenth of them.</summary>
    public const int GreatestRank = 64;

    /// <summary>An axis counted from the first one.</summary>
    /// <exception cref="QuantException"><c>OnnxAxisInvalid</c>: there is no such axis.</exception>
    public static int Find(OnnxNode node, long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Invalid(node, $"its axis {axis} does not exist in a tensor of {rank} axes");

    /// <summary>Axes counted from the first one, each named once.</summary>
    /// <exception cref="QuantException"><c>OnnxAxisInvalid</c>: there is no such axis, or it is named twice.</exception>
    public static int[] Find(OnnxNode node, long[] axes, int rank)
    {
        if (axes.Length > GreatestRank)
        {
            throw Invalid(node, $"it names {axes.Length} axes");
        }

        int[] found = [.. axes.Select(axis => Find(node, axis, rank))];
        return found.Distinct().Count() == found.Length
            ? found
            : throw Invalid(node, $"it names an axis twice ({string.Join(", ", found)})");
    }

    /// <summary>The order of the axes of a Transpose, reversed unless it is given.</summary>
    /// <exception cref="QuantException"><c>OnnxAxisInvalid</c>: it is no order of that many axes.</exception>
    public static int[] Order(OnnxNode node, int rank)
    {
        int[] order = Find(node, node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Select(axis => rank - 1L - axis)], rank);
        return order.Length == rank ? order : throw Invalid(node, $"it orders {order.Length} axes of a tensor of {rank} axes");
    }

    /// <summary>The dimensions from <c>start</c> to <c>end</c> of a Shape.</summary>
    public static long[] Part(OnnxNode node, long[] dimensions)
    {
        int rank = dimensions.Length;
        int start = Clamp(node.Int("start", 0), rank);
        return dimensions[start..Math.Max(start, Clamp(node.Int("end", rank), rank))];
    }

    private static int Clamp(long index, int rank) => (int)Math.Clamp(index < 0 ? index + rank : index, 0, rank);

    private static QuantException Invalid(OnnxNode node, string problem) =>
        node.Error("OnnxAxisInvalid", $"{problem}. The file is damaged; export the model again", QuantErrorKind.InvalidData);
}
