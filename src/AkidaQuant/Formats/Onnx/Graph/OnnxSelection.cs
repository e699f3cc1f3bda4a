using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// Parts of tensors along an axis: channels by <see cref="OnnxChannels"/>, rows and columns by a kernel of one 1 that moves.
/// </summary>
internal static class OnnxSelection
{
    /// <summary>The largest kernel that is made to cut rows or columns; more are cut in float.</summary>
    private const int MostKernel = 7;

    private const long MostWeights = 1L << 20;

    /// <summary>Takes a range of an axis.</summary>
    /// <param name="node">The node that asks for it.</param>
    /// <param name="import">The import.</param>
    /// <param name="value">The tensor.</param>
    /// <param name="axis">The axis of the ONNX tensor, the batch not counted.</param>
    /// <param name="range">The entries.</param>
    public static OnnxActivation Take(OnnxNode node, OnnxImport import, OnnxActivation value, int axis, OnnxRange range)
    {
        RequireSome(node, value, axis, range.Count);
        if (range == OnnxRange.All(value.Shape[axis]))
        {
            return value;
        }

        if (IsChannels(value, axis))
        {
            return Take(node, import, value, axis, range.Indices());
        }

        value = value.Flattened is null ? value : import.Ordered(value, OnnxActivation.InOrder(1), node);
        int position = value.Axes.ToList().IndexOf(axis);
        bool isImage = value.IsImage && position < 2 && range.Step > 0;
        return isImage ? Crop(node, import, value, position, range)
            : Sliced(node, import, value, position, range);
    }

    /// <summary>Takes entries of an axis in any order.</summary>
    /// <exception cref="QuantException"><c>OnnxSelection</c>: they are not channels and have no regular distance.</exception>
    public static OnnxActivation Take(OnnxNode node, OnnxImport import, OnnxActivation value, int axis, int[] indices)
    {
        RequireSome(node, value, axis, indices.Length);
        if (IsChannels(value, axis))
        {
            int[] positions = value.Flattened is { } image ? OnnxActivation.ChannelMajorPositions(image) : [];
            OnnxActivation selected = OnnxChannels.Select(
                node, import, value, positions.Length == 0 ? indices : Array.ConvertAll(indices, index => positions[index]));
            return selected == value ? value : selected with { Flattened = null };
        }

        int step = indices.Length == 1 ? 1 : indices[1] - indices[0];
        OnnxRange range = new(indices[0], step, indices.Length);
        return step != 0 && range.Indices().SequenceEqual(indices)
            ? Take(node, import, value, axis, range)
            : throw node.Error(
                "OnnxSelection",
                $"it takes the entries ({string.Join(", ", indices.Take(8))}{(indices.Length > 8 ? ", …" : string.Empty)}) of axis {axis + 1} of samples of the shape {value.Shape}, and only channels can be taken in any order. Take others in equal steps");
    }

    /// <summary>
    /// Entries of an axis of an image that was given other axes, where they are channels of the image at all its positions: these channels,
    /// as an image. Null for others.
    /// </summary>
    public static OnnxActivation? OfImage(OnnxNode node, OnnxImport import, OnnxActivation value, int axis, int[] indices)
    {
        OnnxActivation image = OnnxView.ImageBefore(value, import);
        if (value.Flattened is not null || image.Layer == value.Layer || !image.IsImage || image.IsLoose)
        {
            return null;
        }

        Shape shape = value.Shape;
        int inner = shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size);
        int outer = shape.Take(axis).Aggregate(1, (product, size) => product * size);
        int[] positions = OnnxView.MemoryPositions(value);
        int[] taken = new int[outer * indices.Length * inner];
        for (int i = 0; i < taken.Length; i++)
        {
            (int row, int place) = Math.DivRem(i, inner);
            (int block, int entry) = Math.DivRem(row, indices.Length);
            taken[i] = positions[(((block * shape[axis]) + indices[entry]) * inner) + place];
        }

        return OnnxView.ChannelOrder(taken, image) is { } channels ? OnnxChannels.Select(node, import, image, channels) : null;
    }

    private static void RequireSome(OnnxNode node, OnnxActivation value, int axis, int count)
    {
        if (count == 0)
        {
            throw node.Error(
                "OnnxSelection",
                $"it takes nothing of axis {axis + 1} of samples of the shape {value.Shape}. Correct its bounds");
        }
    }

    private static bool IsChannels(OnnxActivation value, int axis) => value.Axes[^1] == axis && value.Stored.Rank <= 3;

    /// <summary>
    /// Rows or columns by a depthwise kernel with one 1, which moves by the step; of an image that was cut alike before in one go.
    /// </summary>
    private static OnnxActivation Crop(OnnxNode node, OnnxImport import, OnnxActivation value, int position, OnnxRange range)
    {
        IReadOnlyList<int> axes = value.Axes;
        OnnxRange[] ranges = [OnnxRange.All(value.Stored[0]), OnnxRange.All(value.Stored[1])];
        if (import.Crop(value) is { } before)
        {
            (value, ranges) = (before.Source, [before.Rows, before.Columns]);
        }

        ranges[position] = ranges[position].Of(range);
        int height = Kernel(value.Stored[0], ranges[0]);
        int width = Kernel(value.Stored[1], ranges[1]);
        int channels = value.Stored.Channels;
        OnnxActivation cropped;
        if (Math.Max(height, width) > MostKernel)
        {
            OnnxActivation rows = Sliced(node, import, value, 0, ranges[0]);
            cropped = Sliced(node, import, rows, 1, ranges[1]) with { Axes = axes };
        }
        else
        {
            float[] kernel = new float[height * width * channels];
            Array.Fill(kernel, 1, ((ranges[0].First * width) + ranges[1].First) * channels, channels);
            int rows = value.Stored[0] == 1 ? ranges[1].Step : ranges[0].Step;
            DepthwiseConv2D layer = new()
            {
                Name = import.FreeName(node.Name),
                Window = new ConvolutionWindow { KernelSize = (height, width), Strides = (rows, ranges[1].Step) },
                Kernel = new NdArray<float>(new Shape(height, width, channels, 1), kernel),
                UseBias = false,
            };
            cropped = import.Add(layer, axes, value);
        }

        import.Cropped(cropped, value, ranges[0], ranges[1]);
        return cropped;
    }

    /// <summary>
    /// Rows and columns that were cut out of one image in equal steps and are joined as channels, by one kernel: null for others.
    /// </summary>
    public static OnnxActivation? Joined(OnnxNode node, OnnxImport import, IReadOnlyList<OnnxActivation> parts)
    {
        var crops = parts.Select(import.Crop).ToArray();
        if (crops.Length < 2 || crops.Any(crop => crop is null))
        {
            return null;
        }

        (OnnxActivation source, OnnxRange rows, OnnxRange columns) = crops[0]!.Value;
        int channels = source.Stored.Channels;
        int height = crops.Max(crop => Kernel(source.Stored[0], crop!.Value.Rows));
        int width = crops.Max(crop => Kernel(source.Stored[1], crop!.Value.Columns));
        long size = (long)height * width * channels * channels * crops.Length;
        if (size > MostWeights || Math.Max(height, width) > MostKernel || crops.Any(crop => crop!.Value is var own
            && (own.Source.Layer != source.Layer || own.Rows with { First = rows.First } != rows
                || own.Columns with { First = columns.First } != columns)))
        {
            return null;
        }

        int filters = channels * crops.Length;
        float[] kernel = new float[size];
        for (int filter = 0; filter < filters; filter++)
        {
            (int part, int channel) = Math.DivRem(filter, channels);
            int tap = (crops[part]!.Value.Rows.First * width) + crops[part]!.Value.Columns.First;
            kernel[(((tap * channels) + channel) * filters) + filter] = 1;
        }

        Conv2D layer = new()
        {
            Name = import.FreeName(node.Name),
            Filters = filters,
            Window = new ConvolutionWindow { KernelSize = (height, width), Strides = (rows.Step, columns.Step) },
            Kernel = new NdArray<float>(new Shape(height, width, channels, filters), kernel),
            UseBias = false,
        };
        return import.Add(layer, parts[0].Axes, source);
    }

    /// <summary>The least kernel that reaches the first entry and stops behind the last.</summary>
    private static int Kernel(int size, OnnxRange range) => Math.Max(range.First + 1, size - (range.Count * range.Step) + 1);

    /// <summary>A slice of an axis in memory, in float.</summary>
    private static OnnxActivation Sliced(OnnxNode node, OnnxImport import, OnnxActivation value, int position, OnnxRange range)
    {
        if (range == OnnxRange.All(value.Stored[position]))
        {
            return value;
        }

        long end = range.First + ((long)range.Count * range.Step);
        Dictionary<string, object?> slice = new(StringComparer.Ordinal)
        {
            ["start"] = (long)range.First,
            ["stop"] = end < 0 ? null : end,
            ["step"] = (long)range.Step,
        };
        List<object?> spec =
        [
            .. Enumerable.Range(0, position + 1).Select(_ => new Dictionary<string, object?>
            {
                ["start"] = null,
                ["stop"] = null,
                ["step"] = null,
            }),
            slice,
        ];
        SlicingOpLambda layer = new()
        {
            Name = import.FreeName(node.Name),
            Function = SlicingOpLambda.Slice,
            Call = [new OperatorArgument(null, IsTensor: true), new OperatorArgument("slice_spec", IsTensor: false, spec)],
        };
        return import.Add(layer, value.Axes, value);
    }
}
