using System.Globalization;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Pad with zeros around an image: taken into the pads of a convolution behind it, past functions that leave zeros, or a ZeroPadding2D.
/// Values below all others become pads of the maximum pools behind them, and negative amounts cut rows and columns.
/// </summary>
internal sealed class PadOperator : OnnxOperator
{
    private const int Most = 4096;
    private const int MostBetween = 8;

    private const string Zeros =
        "which no layer here does: use zeros, nn.ZeroPad2d or the padding of a convolution, and train the network with them";

    /// <summary>Values from there down are below all that networks compute, as exporters write them for -∞.</summary>
    private const float Lowest = -1e30f;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Pad"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Activation(node);
        long[] pads = Amounts(node, import, input.Rank + 1);
        if (pads.All(pad => pad == 0))
        {
            import.Set(node, input);
            return;
        }

        string mode = node.Text("mode", "constant");
        float value = Value(node, import);
        int rank = input.Rank + 1;
        bool isImage = rank is 3 or 4
            && pads[0] == 0 && pads[1] == 0 && pads[rank] == 0 && pads[rank + 1] == 0 && pads.All(pad => pad is >= -Most and <= Most);
        bool isBelowAll = value <= Lowest && IsBeforeMaxima(import.Graph, node.Output);
        bool onlyCuts = pads.All(pad => pad <= 0);
        if (mode != "constant" || !isImage || !(value == 0 || isBelowAll || onlyCuts))
        {
            throw node.Error(
                "OnnxPad",
                $"it pads samples of the shape {input.Shape} by ({string.Join(", ", pads)}) in the mode '{mode}'{(mode == "constant" ? string.Create(CultureInfo.InvariantCulture, $" with {value}") : string.Empty)}. {Advice(mode, value)}");
        }

        input = Cut(node, import, import.Image(node), pads);
        (int Before, int After) rows = rank == 3 ? (0, 0) : (Positive(pads[2]), Positive(pads[6]));
        (int Before, int After) columns = (Positive(pads[rank - 1]), Positive(pads[^1]));
        import.SetImage(
            node,
            isBelowAll || onlyCuts
                ? input
                : import.Add(
                    new ZeroPadding2D { Name = import.NameOf(node), Rows = rows, Columns = columns },
                    OnnxActivation.ChannelsLast,
                    input));
    }

    /// <summary>
    /// What a convolution takes when zeros of Pads before it, which nothing else reads, become its own pads: the input of the first Pad,
    /// and the amounts of all. What lies between leaves zeros what they are.
    /// </summary>
    public static (OnnxActivation Source, EdgePads Pads) Absorb(OnnxActivation input, OnnxImport import)
    {
        List<OnnxActivation> between = [];
        OnnxActivation source = input;
        OnnxActivation? found = null;
        EdgePads pads = default;
        int kept = 0;
        while (between.Count < MostBetween && !import.IsShared(source))
        {
            Layer layer = import.LayerOf(source);
            if (layer is ZeroPadding2D padding)
            {
                source = import.InputsOf(source)[0];
                pads = new EdgePads(
                    pads.Top + padding.Rows.Before,
                    pads.Left + padding.Columns.Before,
                    pads.Bottom + padding.Rows.After,
                    pads.Right + padding.Columns.After);
                (found, kept) = (source, between.Count);
            }
            else if (LeavesZeros(layer))
            {
                between.Add(source);
                source = import.InputsOf(source)[0];
            }
            else
            {
                break;
            }
        }

        if (found is null)
        {
            return (input, default);
        }

        OnnxActivation last = found;
        for (int i = kept - 1; i >= 0; i--)
        {
            last = import.Rewire(between[i], last);
        }

        return (last with { Axes = input.Axes }, pads);
    }

    /// <summary>The pads of a maximum pool that come from a Pad before it whose values are below all others.</summary>
    public static EdgePads BeforeMaximum(OnnxNode pool, OnnxImport import)
    {
        OnnxNode? pad = import.Graph.Producer(pool.Inputs[0]);
        while (pad is { OpType: "Identity", Domain.Length: 0 })
        {
            pad = import.Graph.Producer(pad.Inputs[0]);
        }

        if (pad is not { OpType: "Pad", Domain.Length: 0 } || pad.Text("mode", "constant") != "constant" || Value(pad, import) > Lowest)
        {
            return default;
        }

        int rank = import.Activation(pad).Rank + 1;
        long[] pads = Amounts(pad, import, rank);
        return rank == 3
            ? new EdgePads(0, Positive(pads[2]), 0, Positive(pads[5]))
            : new EdgePads(Positive(pads[2]), Positive(pads[3]), Positive(pads[6]), Positive(pads[7]));
    }

    private static int Positive(long pad) => (int)Math.Max(pad, 0);

    private static bool LeavesZeros(Layer layer) => layer switch
    {
        ReLU or LeakyReLU or PReLU or TableActivation => true,
        Activation activation => activation.Function is "tanh" or "elu" or "softsign",
        _ => false,
    };

    /// <summary>Whether maximum pools alone take a tensor.</summary>
    private static bool IsBeforeMaxima(OnnxGraph graph, string tensor) =>
        !graph.Outputs.Contains(tensor) && graph.Consumers(tensor) is { Count: > 0 } takers
        && takers.All(taker => taker.Domain.Length == 0
            && (taker.OpType == "MaxPool" || (taker.OpType == "Identity" && IsBeforeMaxima(graph, taker.Output))));

    private static float Value(OnnxNode node, OnnxImport import) =>
        !node.HasInput(2) ? node.Float("value", 0)
        : import.Required(node, 2, "its value").Floats is [var given] ? given : float.NaN;

    /// <summary>The image without the rows and columns that negative amounts take away.</summary>
    private static OnnxActivation Cut(OnnxNode node, OnnxImport import, OnnxActivation image, long[] pads)
    {
        int rank = pads.Length / 2;
        for (int axis = 2; axis < rank; axis++)
        {
            // The axes of an image, to which those of a line have one more.
            int own = axis - 1 + (rank == 3 ? 1 : 0);
            int first = Positive(-pads[axis]);
            int count = image.Shape[own] - first - Positive(-pads[axis + rank]);
            image = OnnxSelection.Take(node, import, image, own, new OnnxRange(first, 1, Math.Max(count, 0)));
        }

        return image;
    }

    private static string Advice(string mode, float value) => mode switch
    {
        "reflect" => $"It mirrors what lies at the borders, {Zeros}",
        "edge" => $"It repeats what lies at the borders, {Zeros}",
        "wrap" => $"It repeats what lies at the opposite borders, {Zeros}",
        _ when value <= Lowest => "Values below all others have a layer only in front of a maximum pool: use the padding of that",
        _ => "Only zeros around images have a layer here: use nn.ZeroPad2d, or the padding of a convolution",
    };

    /// <summary>Begins, then ends, of all axes with the batch.</summary>
    private static long[] Amounts(OnnxNode node, OnnxImport import, int rank)
    {
        long[] given = node.Ints("pads") ?? node.Ints("paddings") ?? import.Required(node, 1, "its pads").Integers ?? [];
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
