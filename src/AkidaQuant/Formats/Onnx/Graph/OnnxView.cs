using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// The same values of a sample under another shape. ONNX counts them in the order of its axes and memory holds them in
/// another, so a reshape is free only where axes that it splits or joins lie side by side.
/// </summary>
internal static class OnnxView
{
    /// <summary>Reshapes a tensor with the fewest layers that are exact.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="target">Its new shape in ONNX, without the batch, of as many values.</param>
    /// <param name="node">The node that asks for it.</param>
    /// <param name="import">Takes the layers.</param>
    public static OnnxActivation Reshape(OnnxActivation value, Shape target, OnnxNode node, OnnxImport import)
    {
        if (target == value.Shape)
        {
            return value;
        }

        if (target.Rank == 0)
        {
            throw node.Error(
                "OnnxShapeInvalid",
                $"it leaves nothing but the batch of samples of the shape {value.Shape}. Keep one axis of size 1");
        }

        return target.Rank == 1
            ? OnnxRow.Flatten(value, node, import)
            : Renamed(value, target, import) ?? Arrange(value, target, node, import);
    }

    /// <summary>
    /// The tensor under other names for its axes, where only axes of size 1 come and go and memory has them all, in networks over lines;
    /// null elsewhere.
    /// </summary>
    private static OnnxActivation? Renamed(OnnxActivation value, Shape target, OnnxImport import)
    {
        Shape shape = value.Shape;
        int[] from = Wide(OnnxActivation.InOrder(shape.Rank), shape);
        int[] to = Wide(OnnxActivation.InOrder(target.Rank), target);
        Queue<int> narrow = new(Narrow(target));
        int room = value.Stored.Count(size => size == 1);
        if (!import.HasLines || value.Flattened is not null || value.Stored.Rank != OnnxActivation.Line.Count || narrow.Count > room
            || !from.Select(axis => shape[axis]).SequenceEqual(to.Select(axis => target[axis])))
        {
            return null;
        }

        // Channels come first in ONNX and lie last here.
        int[] axes = new int[value.Axes.Count];
        for (int i = axes.Length - 1; i >= 0; i--)
        {
            axes[i] = value.Stored[i] != 1 ? to[Array.IndexOf(from, value.Axes[i])]
                : narrow.TryDequeue(out int axis) ? axis : OnnxActivation.None;
        }

        return value with { Axes = axes };
    }

    private static OnnxActivation Arrange(OnnxActivation value, Shape target, OnnxNode node, OnnxImport import)
    {
        Shape shape = value.Flattened is { } image ? new Shape(image[2], image[0], image[1]) : value.Shape;
        value = value.IsWider ? import.Ordered(value, [.. value.Axes.Where(axis => axis != OnnxActivation.None)], node) : value;
        int[] lie = Wide(value.Flattened is null ? value.Axes : OnnxActivation.ChannelsLast, shape);
        List<(List<int> From, List<int> To)> parts =
        [
            .. Parts(shape, target).OrderBy(part => part.From.Min(axis => Array.IndexOf(lie, axis))),
        ];
        int[] order = [.. parts.SelectMany(part => part.To)];
        int[] needed = [.. parts.SelectMany(part => part.From)];
        if (!needed.SequenceEqual(lie))
        {
            if (Shuffled(value, target, node, import) is { } shuffled)
            {
                return shuffled;
            }

            value = value.Flattened is null ? value : OnnxRow.Unflatten(value, node, import);
            value = import.Ordered(value, [.. Narrow(shape), .. needed], node);
        }
        else if (value.Flattened is null && target.Rank == shape.Rank && parts.All(part => part is { From.Count: 1, To.Count: 1 }))
        {
            return value with { Axes = Relabel(value.Stored, target, order) };
        }

        IReadOnlyList<int> axes = Place(target, order);
        return import.Add(
            new Reshape { Name = import.NameOf(node), TargetShape = new Shape([.. axes.Select(axis => target[axis])]) },
            axes,
            value);
    }

    /// <summary>
    /// The image whose channels alone changed places, as in networks that shuffle them between groups, where kernels around it can give or
    /// take them so; null elsewhere.
    /// </summary>
    private static OnnxActivation? Shuffled(OnnxActivation value, Shape target, OnnxNode node, OnnxImport import)
    {
        OnnxActivation image = ImageBefore(value, import);
        return value.Flattened is null && image.Layer != value.Layer && image.IsImage && image.Shape == target
            && ChannelOrder(MemoryPositions(value), image) is { } order
                ? OnnxChannels.Reorder(node, import, image, order)
                : null;
    }

    /// <summary>The image that a tensor was before it was given other axes; the first tensor before where it was none.</summary>
    public static OnnxActivation ImageBefore(OnnxActivation value, OnnxImport import)
    {
        while (!value.IsImage && import.LayerOf(value) is Reshape)
        {
            value = import.InputsOf(value)[0];
        }

        return value;
    }

    /// <summary>
    /// The channels of an image that values are, position after position within each channel; null where they are something else.
    /// </summary>
    /// <param name="positions">For each value where it lies in the memory of the image.</param>
    /// <param name="image">The image.</param>
    public static int[]? ChannelOrder(int[] positions, OnnxActivation image)
    {
        int channels = image.Stored.Channels;
        int pixels = image.Stored.Size / channels;
        int[] order = new int[positions.Length / pixels];
        for (int i = 0; i < order.Length * pixels; i++)
        {
            (int pixel, int channel) = Math.DivRem(positions[i], channels);
            if (pixel != i % pixels || (pixel > 0 && order[i / pixels] != channel))
            {
                return null;
            }

            order[i / pixels] = channel;
        }

        return order.Length * pixels == positions.Length ? order : null;
    }

    /// <summary>Where in memory each value of a tensor lies, in the order of ONNX.</summary>
    public static int[] MemoryPositions(OnnxActivation value)
    {
        Shape shape = value.Shape;
        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int i = value.Axes.Count - 1; i >= 0; i--)
        {
            if (value.Axes[i] != OnnxActivation.None)
            {
                strides[value.Axes[i]] = stride;
            }

            stride *= value.Stored[i];
        }

        int[] positions = new int[shape.Size];
        int[] index = new int[shape.Rank];
        int position = 0;
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = position;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                position += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                position -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return positions;
    }

    /// <summary>Both shapes cut, in order, into the smallest parts of as many values; axes of size 1 are in none.</summary>
    private static IEnumerable<(List<int> From, List<int> To)> Parts(Shape from, Shape to)
    {
        Queue<int> sources = new(Wide(OnnxActivation.InOrder(from.Rank), from));
        Queue<int> targets = new(Wide(OnnxActivation.InOrder(to.Rank), to));
        while (sources.TryDequeue(out int source))
        {
            int target = targets.Dequeue();
            List<int> sourceAxes = [source];
            List<int> targetAxes = [target];
            long sourceSize = from[source];
            long targetSize = to[target];
            while (sourceSize != targetSize)
            {
                if (sourceSize < targetSize)
                {
                    sourceAxes.Add(sources.Dequeue());
                    sourceSize *= from[sourceAxes[^1]];
                }
                else
                {
                    targetAxes.Add(targets.Dequeue());
                    targetSize *= to[targetAxes[^1]];
                }
            }

            yield return (sourceAxes, targetAxes);
        }
    }

    /// <summary>
    /// A place in memory for every axis, the wide ones in the given order. Images get their channels last where they can.
    /// </summary>
    private static IReadOnlyList<int> Place(Shape target, int[] order) =>
        target.Rank == 3 && Wide(OnnxActivation.ChannelsLast, target).SequenceEqual(order)
            ? OnnxActivation.ChannelsLast
            : [.. Narrow(target), .. order];

    /// <summary>Names for the axes in memory where only axes of size 1 changed places among the others.</summary>
    private static int[] Relabel(Shape stored, Shape target, int[] order)
    {
        Queue<int> wide = new(order);
        Queue<int> narrow = new(Narrow(target));
        return [.. stored.Select(dimension => (dimension == 1 ? narrow : wide).Dequeue())];
    }

    private static int[] Wide(IReadOnlyList<int> axes, Shape shape) => [.. axes.Where(axis => shape[axis] != 1)];

    private static IEnumerable<int> Narrow(Shape shape) => Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] == 1);
}
