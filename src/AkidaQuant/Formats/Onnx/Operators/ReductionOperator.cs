using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Means and maxima over axes: of all rows and columns of an image as a pool over the whole image, in whatever steps and
/// shapes networks take them (<c>mean([2, 3])</c>, <c>mean(-1).mean(-1)</c>, <c>flatten(2).mean(2)</c>), of its rows or
/// its columns alone as a pool of their length.
/// </summary>
internal sealed class ReductionOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["GlobalAveragePool", "GlobalMaxPool", .. Functions.Keys];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        bool isMaximum = node.OpType is "GlobalMaxPool" or "ReduceMax";
        if (node.OpType is "GlobalAveragePool" or "GlobalMaxPool")
        {
            import.SetImage(node, OfAll(node, import, import.Image(node), isMaximum, keeps: true));
            return;
        }

        OnnxActivation value = import.Activation(node);
        long[] given = node.Ints("axes") ?? import.Optional(node, 1, "its axes")?.Integers ?? [];
        if (given.Length == 0 && node.Int("noop_with_empty_axes", 0) != 0)
        {
            import.Set(node, value);
            return;
        }

        int[] axes = [.. OnnxAxes.Find(node, given, value.Rank + 1).Order().Select(axis => axis - 1)];
        bool keeps = node.Int("keepdims", 1) != 0;
        if (axes.Length == 0 || axes[0] < 0)
        {
            throw OnnxSamples.Moved(node, $"it reduces the batch of samples of the shape {value.Shape}");
        }

        if (node.OpType is "ReduceMin" or "ReduceSum")
        {
            import.Set(node, OnnxFloat.Reduce(node, import, value, Functions[node.OpType], axes, keeps));
            return;
        }

        import.Set(
            node,
            (value.Rank, axes) switch
            {
                (3, [>= 0, _]) => OfAll(node, import, Turned(node, import, value, axes), isMaximum, keeps) is var all && keeps
                    ? all with
                    {
                        Axes = [.. axes, Kept(axes)],
                    }
                    : all,
                (3, [1 or 2]) => OfOne(node, import, import.Image(node), axes[0], isMaximum, keeps),
                (2, [1]) when value.IsWider => OfAll(node, import, import.Image(node), isMaximum, keeps) is var positions && keeps
                    ? positions.AsLine()
                    : positions,
                (2, [0 or 1]) => OfPositions(node, import, value, axes[0], isMaximum, keeps),
                _ => OnnxFloat.Reduce(node, import, value, Functions[node.OpType], axes, keeps),
            });
    }

    private static readonly Dictionary<string, string> Functions = new(StringComparer.Ordinal)
    {
        ["ReduceMax"] = "math.reduce_max",
        ["ReduceMean"] = "math.reduce_mean",
        ["ReduceMin"] = "math.reduce_min",
        ["ReduceSum"] = "math.reduce_sum",
    };

    private static int Kept(int[] axes) => 3 - axes.Sum();

    /// <summary>The image whose rows and columns are the two axes to reduce.</summary>
    private static OnnxActivation Turned(OnnxNode node, OnnxImport import, OnnxActivation value, int[] axes) =>
        import.Ordered(value, [.. axes, Kept(axes)], node);

    /// <summary>Over rows and columns of an image, which lie in this order before its channels.</summary>
    private static OnnxActivation OfAll(OnnxNode node, OnnxImport import, OnnxActivation image, bool isMaximum, bool keeps)
    {
        if (!isMaximum)
        {
            GlobalAveragePooling2D average = new() { Name = import.NameOf(node), KeepDims = keeps };
            return import.Add(average, keeps ? OnnxActivation.ChannelsLast : OnnxActivation.InOrder(1), image);
        }

        OnnxActivation greatest = import.Add(
            new MaxPooling2D { Name = import.NameOf(node), Window = Whole(image.Stored[0], image.Stored[1]) },
            OnnxActivation.ChannelsLast,
            image);
        return keeps ? greatest : OnnxView.Reshape(greatest, new Shape(image.Stored.Channels), node, import);
    }

    /// <summary>Over rows (axis 1) or columns (axis 2) of an image.</summary>
    private static OnnxActivation OfOne(OnnxNode node, OnnxImport import, OnnxActivation image, int axis, bool isMaximum, bool keeps)
    {
        (int height, int width) = axis == 1 ? (image.Stored[0], 1) : (1, image.Stored[1]);
        ConvolutionWindow window = Whole(height, width) with { Strides = (1, 1) };
        OnnxActivation reduced =
            height * width == image.Stored[0] * image.Stored[1]
                ? OfAll(node, import, BeforeLines(import, image, isMaximum), isMaximum, keeps: true)
                : import.Add(
                    isMaximum
                        ? new MaxPooling2D { Name = import.NameOf(node), Window = window }
                        : new AveragePooling2D { Name = import.NameOf(node), Window = window },
                    OnnxActivation.ChannelsLast,
                    image);
        return keeps ? reduced : OnnxView.Reshape(reduced, new Shape([.. image.Shape.Where((_, each) => each != axis)]), node, import);
    }

    /// <summary>Over the positions of a tensor of channels and positions.</summary>
    private static OnnxActivation OfPositions(OnnxNode node, OnnxImport import, OnnxActivation value, int axis, bool isMaximum, bool keeps)
    {
        int kept = 1 - axis;
        OnnxActivation image = value.Axes[^1] == kept && import.LayerOf(value) is Reshape
            && import.InputsOf(value) is [{ Rank: 3 } pixels] && pixels.Stored.Channels == value.Stored.Channels
            ? BeforeLines(import, pixels, isMaximum) : AsImage(node, import, value, axis);
        OnnxActivation reduced = OfAll(node, import, image, isMaximum, keeps: false);
        return keeps
            ? OnnxView.Reshape(reduced, kept == 0 ? new Shape(reduced.Stored[0], 1) : new Shape(1, reduced.Stored[0]), node, import)
            : reduced;
    }

    /// <summary>
    /// The image of whose rows or columns a tensor has the means or maxima: to reduce it whole is to reduce these, and
    /// processors have a layer for that. The tensor itself where it is none.
    /// </summary>
    private static OnnxActivation BeforeLines(OnnxImport import, OnnxActivation image, bool isMaximum)
    {
        ConvolutionWindow? window = import.LayerOf(image) switch
        {
            MaxPooling2D pool when isMaximum => pool.Window,
            AveragePooling2D pool when !isMaximum => pool.Window,
            _ => null,
        };
        return window is { Padding: Padding.Valid, Strides: (1, 1) } && import.InputsOf(image) is [var source]
            && (window.KernelSize == (source.Stored[0], 1) || window.KernelSize == (1, source.Stored[1])) ? source : image;
    }

    private static OnnxActivation AsImage(OnnxNode node, OnnxImport import, OnnxActivation value, int axis)
    {
        value = import.Ordered(value, [axis, 1 - axis], node);
        Shape shape = new(value.Stored[0], 1, value.Stored[1]);
        return import.Add(
            new Reshape { Name = import.FreeName($"{node.Name}/image"), TargetShape = shape },
            OnnxActivation.ChannelsLast,
            value);
    }

    private static ConvolutionWindow Whole(int height, int width) => new() { KernelSize = (height, width), Strides = (height, width) };
}
