using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Pad with zeros around an image: taken into the pads of a convolution behind it, or a ZeroPadding2D.</summary>
internal sealed class PadOperator : OnnxOperator
{
    private const int Most = 4096;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Pad"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Activation(node);
        long[] pads = Amounts(node, import, input.Axes.Count + 1);
        if (pads.All(pad => pad == 0))
        {
            import.Set(node, input);
            return;
        }

        string mode = node.Text("mode", "constant");
        float value = node.HasInput(2)
            ? import.Required(node, 2, "its value").Floats is [var given]
                ? given
                : float.NaN
            : node.Float("value", 0);
        int rank = input.Axes.Count + 1;
        bool isImage =
            rank == 4 && pads[0] == 0 && pads[1] == 0 && pads[rank] == 0 && pads[rank + 1] == 0 && pads.All(pad => pad is >= 0 and <= Most);
        if (mode != "constant" || value != 0 || !isImage)
        {
            throw node.Error(
                "OnnxPad",
                $"it pads its input {input.Shape} by ({string.Join(", ", pads)}) in the mode '{mode}' with {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}. Only zeros around images have a layer here: use nn.ZeroPad2d, or the padding of a convolution");
        }

        ZeroPadding2D layer = new()
        {
            Name = import.NameOf(node),
            Rows = ((int)pads[2], (int)pads[6]),
            Columns = ((int)pads[3], (int)pads[7]),
        };
        import.Set(node, import.Add(layer, OnnxActivation.ChannelsLast, import.Image(node)));
    }

    /// <summary>
    /// What a convolution takes when the zeros of a Pad right before it, which nothing else reads, become its own pads:
    /// the input of the Pad, and its amounts.
    /// </summary>
    public static (OnnxActivation Source, EdgePads Pads) Absorb(OnnxNode node, OnnxActivation input, OnnxImport import)
    {
        if (import.LayerOf(input) is not ZeroPadding2D padding || !import.Graph.HasOneConsumer(node.Inputs[0])
            || import.Graph.Producer(node.Inputs[0]) is not { OpType: "Pad" })
        {
            return (input, default);
        }

        return (
            import.InputsOf(input)[0],
            new EdgePads(padding.Rows.Before, padding.Columns.Before, padding.Rows.After, padding.Columns.After));
    }

    /// <summary>Begins, then ends, of all axes with the batch.</summary>
    private static long[] Amounts(OnnxNode node, OnnxImport import, int rank)
    {
        long[] given = node.Ints("pads") ?? import.Required(node, 1, "its pads").Integers ?? [];
        long[] axes = node.HasInput(3)
            ? import.Required(node, 3, "its axes").Integers ?? []
            : [.. Enumerable.Range(0, rank).Select(axis => (long)axis)];
        long[] pads = new long[2 * rank];
        bool fits = given.Length == 2 * axes.Length;
        for (int i = 0; fits && i < axes.Length; i++)
        {
            long axis = axes[i] < 0 ? axes[i] + rank : axes[i];
            fits = axis >= 0 && axis < rank;
            if (fits)
            {
                pads[axis] = given[i];
                pads[axis + rank] = given[i + axes.Length];
            }
        }

        return fits
            ? pads
            : throw node.Error(
                "OnnxShapeMismatch",
                $"its pads ({string.Join(", ", given)}) don't fit an input of {rank} axes. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
    }
}
