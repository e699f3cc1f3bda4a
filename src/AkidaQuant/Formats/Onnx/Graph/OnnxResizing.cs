namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Which entry of an axis each entry of the resized one is, computed as ONNX Runtime does.</summary>
/// <param name="Inputs">The number of entries that go in.</param>
/// <param name="Size">The number of entries that come out.</param>
/// <param name="Sources">For each the entry that goes in; null where values between entries come out.</param>
/// <param name="IsCentered">
/// Whether those are on the straight lines between entries that cells of both sizes have in their middle, as resizing has them elsewhere.
/// </param>
internal sealed record OnnxResizing(int Inputs, int Size, int[]? Sources, bool IsCentered = false)
{
    private const int FirstOfCoordinates = 11;
    private const int Most = 1 << 20;

    /// <summary>An axis of one entry that stays.</summary>
    public static OnnxResizing None { get; } = new(1, 1, [0]);

    /// <summary>How often each entry comes, one after the other; null where they don't all as often.</summary>
    public int? Factor()
    {
        int factor = Size / Inputs;
        return Sources is not null && factor > 0 && Size == factor * Inputs
            && Sources.Select((source, i) => source == i / factor).All(isRight => isRight)
                ? factor : null;
    }

    /// <summary>The entries that are taken, where they are in equal steps.</summary>
    public OnnxRange? Range()
    {
        int step = Sources is [var first, var second, ..] ? second - first : 1;
        return Sources is not null && step > 0 && Sources.Select((source, i) => source == Sources[0] + (i * step)).All(isRight => isRight)
            ? new OnnxRange(Sources[0], step, Size)
            : null;
    }

    /// <summary>What a Resize or Upsample makes of the axes of a sample.</summary>
    /// <exception cref="QuantException">Its sizes or factors don't fit, or it resizes the batch.</exception>
    public static OnnxResizing[] Of(OnnxNode node, OnnxImport import, Shape shape)
    {
        int rank = shape.Rank + 1;
        bool hasCoordinates = node.OpType == "Resize" && import.Graph.File.OperatorSet >= FirstOfCoordinates;
        int scalesAt = hasCoordinates ? 2 : 1;
        float[]? scales = node.Floats("scales") ?? Legacy(node)
            ?? (node.HasInput(scalesAt) && import.Required(node, scalesAt, "its scales") is { Count: > 0 } given ? given.Floats : null);
        long[]? sizes = scales is null && node.HasInput(3) ? import.Required(node, 3, "its sizes").Integers : null;
        long[] axes = node.Ints("axes") ?? [.. Enumerable.Range(0, rank).Select(axis => (long)axis)];
        int[] named = OnnxAxes.Find(node, axes, rank);
        if ((scales?.Length ?? sizes?.Length) != named.Length || node.Text("keep_aspect_ratio_policy", "stretch") != "stretch"
            || node.Text("coordinate_transformation_mode", string.Empty) == "tf_crop_and_resize")
        {
            throw node.Error(
                "OnnxResize",
                $"its sizes don't say what each of {named.Length} axes becomes. Export it with as many factors or sizes, stretched, without a region of interest");
        }

        return
        [
            .. Enumerable.Range(0, rank).Select(axis =>
            {
                int at = Array.IndexOf(named, axis);
                int size = axis == 0 ? 1 : shape[axis - 1];
                long wanted = at < 0 ? size
                    : sizes is null ? (long)Math.Min(MathF.Floor(size * scales![at]), Most)
                    : axis == 0 && OnnxSamples.IsBatch(import.Graph, sizes[at]) ? 1 : sizes[at];
                float scale = at < 0 || sizes is not null ? (float)wanted / size : scales![at];
                return axis == 0 && (wanted != 1 || scale != 1)
                    ? throw OnnxSamples.Moved(node, $"it resizes the batch of samples of the shape {shape}")
                    : wanted is < 1 or > Most || !(scale > 0)
                        ? throw node.Error("OnnxResize", $"it makes {wanted} of {size} entries, and 1 to {Most} are needed")
                        : new OnnxResizing(
                            size,
                            (int)wanted,
                            Find(node, size, (int)wanted, scale, hasCoordinates),
                            hasCoordinates && IsCenteredLine(node, wanted) && scale == (float)wanted / size);
            }).Skip(1),
        ];
    }

    /// <summary>The factors of the first form of Upsample.</summary>
    private static float[]? Legacy(OnnxNode node) =>
        node.HasAttribute("height_scale") ? [1, 1, node.Float("height_scale", 1), node.Float("width_scale", 1)] : null;

    private static bool IsCenteredLine(OnnxNode node, long wanted) => node.Text("mode", "nearest") == "linear"
        && node.Int("antialias", 0) == 0 && node.Int("exclude_outside", 0) == 0
        && node.Text("coordinate_transformation_mode", "half_pixel") is var mode
        && (mode is "half_pixel" or "half_pixel_symmetric" || (mode == "pytorch_half_pixel" && wanted > 1));

    private static int[]? Find(OnnxNode node, int size, int wanted, float scale, bool hasCoordinates)
    {
        if (size == 1 || (wanted == size && scale == 1))
        {
            // One entry is all that there is, and the same entries are themselves between no others.
            return [.. Enumerable.Range(0, wanted).Select(i => size == 1 ? 0 : i)];
        }

        if (node.Text("mode", "nearest") != "nearest")
        {
            return null;
        }

        string mode = hasCoordinates ? node.Text("coordinate_transformation_mode", "half_pixel") : "asymmetric";
        string rounding = hasCoordinates ? node.Text("nearest_mode", "round_prefer_floor") : scale < 1 ? "ceil" : "floor";
        int[] sources = new int[wanted];
        for (int i = 0; i < wanted; i++)
        {
            float place = Place(mode, i, size, wanted, scale);
            float nearest = rounding switch
            {
                "floor" => MathF.Floor(place),
                "ceil" => MathF.Ceiling(place),
                "round_prefer_ceil" => MathF.Floor(place + 0.5f),
                _ => MathF.Ceiling(place - 0.5f),
            };
            sources[i] = (int)Math.Clamp(nearest, 0, size - 1);
        }

        return sources;
    }

    private static float Place(string mode, int index, int size, int wanted, float scale) => mode switch
    {
        "asymmetric" => index / scale,
        "align_corners" => wanted == 1 ? 0 : (float)index * (size - 1) / (wanted - 1),
        "pytorch_half_pixel" => wanted == 1 ? 0 : ((index + 0.5f) / scale) - 0.5f,
        "tf_half_pixel_for_nn" => (index + 0.5f) / scale,
        "half_pixel_symmetric" => (size / 2f * (1 - (wanted / (scale * size)))) + ((index + 0.5f) / scale) - 0.5f,
        _ => ((index + 0.5f) / scale) - 0.5f,
    };
}
