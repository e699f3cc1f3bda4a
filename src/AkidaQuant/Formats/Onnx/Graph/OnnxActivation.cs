namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// A tensor that is computed from samples: which layer gives it, and how what that layer gives lies in memory. ONNX
/// counts channels before rows; layers here have them last. Axes therefore change places in this description, and
/// values only where a layer needs them in another order.
/// </summary>
/// <param name="Layer">The layer.</param>
/// <param name="Spec">What the layer gives.</param>
/// <param name="Axes">For each axis of what the layer gives the axis of the ONNX tensor, both counted without the batch.</param>
internal sealed record OnnxActivation(string Layer, TensorSpec Spec, IReadOnlyList<int> Axes)
{
    /// <summary>The axes of an image whose channels lie last.</summary>
    public static IReadOnlyList<int> ChannelsLast { get; } = [1, 2, 0];

    /// <summary>
    /// Where the layer gives one row of values: the shape (rows, columns, channels) that they were, while ONNX counts them
    /// channel by channel. Null where both count alike.
    /// </summary>
    public Shape? Flattened { get; init; }

    /// <summary>The shape in memory.</summary>
    public Shape Stored => Spec.Shape;

    /// <summary>The shape of the ONNX tensor, without the batch.</summary>
    public Shape Shape
    {
        get
        {
            int[] shape = new int[Axes.Count];
            for (int i = 0; i < shape.Length; i++)
            {
                shape[Axes[i]] = Stored[i];
            }

            return new Shape(shape);
        }
    }

    /// <summary>Whether the axes lie in that order, or would but for axes of size 1.</summary>
    public bool LiesAs(IReadOnlyList<int> axes) =>
        Flattened is null
        && Axes.Count == axes.Count
        && Axes.Where(axis => Shape[axis] != 1).SequenceEqual(axes.Where(axis => Shape[axis] != 1));

    /// <summary>The order in which ONNX counts.</summary>
    public static IReadOnlyList<int> InOrder(int rank) => [.. Enumerable.Range(0, rank)];

    /// <summary>Values in the order of ONNX, put where they lie in memory.</summary>
    public static float[] InMemoryOrder(float[] values, int[] positions)
    {
        float[] ordered = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            ordered[positions[i]] = values[i];
        }

        return ordered;
    }

    /// <summary>The position in memory of every value of a flattened image, in the order of ONNX (channel by channel).</summary>
    public static int[] ChannelMajorPositions(Shape image)
    {
        int[] positions = new int[image.Size];
        int pixels = image[0] * image[1];
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = ((i % pixels) * image[2]) + (i / pixels);
        }

        return positions;
    }
}
