namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// A tensor that is computed from samples: which layer gives it, and how what that layer gives lies in memory. ONNX
/// counts channels before rows; layers here have them last. Axes therefore change places in this description, and
/// values only where a layer needs them in another order.
/// </summary>
/// <param name="Layer">The layer.</param>
/// <param name="Spec">What the layer gives.</param>
/// <param name="Axes">
/// For each axis of what the layer gives the axis of the ONNX tensor, both counted without the batch; <see cref="None"/> for one of size 1
/// that only memory has.
/// </param>
internal sealed record OnnxActivation(string Layer, TensorSpec Spec, IReadOnlyList<int> Axes)
{
    /// <summary>In place of an axis: ONNX has none for it.</summary>
    public const int None = -1;

    /// <summary>The axes of an image of one row whose channels lie last, which ONNX has as channels of positions.</summary>
    public static IReadOnlyList<int> Line { get; } = [None, 1, 0];

    /// <summary>The axes of an image whose channels lie last.</summary>
    public static IReadOnlyList<int> ChannelsLast { get; } = [1, 2, 0];

    /// <summary>
    /// Where the layer gives one row of values: the shape (rows, columns, channels) that they were, while ONNX counts them
    /// channel by channel. Null where both count alike.
    /// </summary>
    public Shape? Flattened { get; init; }

    /// <summary>
    /// Whether the axis of the batch is gone, in a file of one sample: the axes are all that the ONNX tensor has. Such tensors are only
    /// taken apart and put together, until the axis is there again.
    /// </summary>
    public bool IsLoose { get; init; }

    /// <summary>The shape in memory.</summary>
    public Shape Stored => Spec.Shape;

    /// <summary>The number of axes of the ONNX tensor, without the batch.</summary>
    public int Rank => Axes.Count(axis => axis != None);

    /// <summary>Whether memory has axes that the ONNX tensor has not.</summary>
    public bool IsWider => Axes.Contains(None);

    /// <summary>The shape of the ONNX tensor, without the batch.</summary>
    public Shape Shape
    {
        get
        {
            int[] shape = new int[Rank];
            for (int i = 0; i < Axes.Count; i++)
            {
                if (Axes[i] != None)
                {
                    shape[Axes[i]] = Stored[i];
                }
            }

            return new Shape(shape);
        }
    }

    /// <summary>Whether the axes lie in that order, or would but for axes of size 1.</summary>
    public bool LiesAs(IReadOnlyList<int> axes) =>
        Flattened is null
        && Axes.Count == axes.Count
        && Rank == axes.Count(axis => axis != None)
        && Wide(Axes).SequenceEqual(Wide(axes));

    /// <summary>Whether it is an image, or a line that lies as one, its channels last in memory.</summary>
    public bool IsImage => LiesAs(ChannelsLast) || LiesAs(Line);

    /// <summary>The axes of more than one index, in the given order.</summary>
    public IEnumerable<int> Wide(IEnumerable<int> axes)
    {
        Shape shape = Shape;
        return axes.Where(axis => axis != None && shape[axis] != 1);
    }

    /// <summary>Channels of positions whose memory is an image of one row, as that image: (channels, 1, positions).</summary>
    public OnnxActivation AsImage() => this with { Axes = [.. Axes.Select(axis => axis switch { None => 1, 1 => 2, _ => axis })] };

    /// <summary>An image (channels, 1, positions) as channels of positions.</summary>
    public OnnxActivation AsLine() => this with { Axes = [.. Axes.Select(axis => axis switch { 1 => None, 2 => 1, _ => axis })] };

    /// <summary>A tensor without the axis of its batch whose first axis is of size 1, which is as good; others as they are.</summary>
    public OnnxActivation Settled() => IsLoose && Rank > 1 && Shape[0] == 1
        ? this with { IsLoose = false, Axes = [.. Axes.Select(axis => axis <= 0 ? None : axis - 1)] }
        : this;

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
