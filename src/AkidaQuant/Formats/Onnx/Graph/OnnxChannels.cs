using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// Some channels of a tensor, in any order. The kernel that gives them is divided, where nothing else takes its output; of tensors that
/// were joined the one that has them is taken; elsewhere a kernel of zeros and ones selects them, which a convolution behind it can take
/// up.
/// </summary>
internal static class OnnxChannels
{
    /// <summary>The most weights of a kernel that selects.</summary>
    private const long MostWeights = 1L << 24;

    /// <summary>The most layers between a kernel and a selection that are divided with it.</summary>
    private const int MostBetween = 8;

    /// <summary>Adds the layers that give them.</summary>
    /// <param name="node">The node that asks for them.</param>
    /// <param name="import">The import.</param>
    /// <param name="value">The tensor.</param>
    /// <param name="channels">For each channel of the result the index along the last axis in memory.</param>
    public static OnnxActivation Select(OnnxNode node, OnnxImport import, OnnxActivation value, int[] channels)
    {
        if (import.Selection(value) is { } before)
        {
            channels = Array.ConvertAll(channels, channel => before.Channels[channel]);
            value = before.Source with { Axes = value.Axes };
        }

        if (channels.SequenceEqual(Enumerable.Range(0, value.Stored.Channels)))
        {
            return value;
        }

        return Joined(node, import, value, channels) ?? Divided(import, value, channels) ?? Kernel(node, import, value, channels);
    }

    /// <summary>
    /// The channels in another order, if that needs no layer of its own: the kernel before gives them so, or convolutions behind take them
    /// so. Null where neither is.
    /// </summary>
    public static OnnxActivation? Reorder(OnnxNode node, OnnxImport import, OnnxActivation value, int[] channels)
    {
        IReadOnlyList<OnnxNode> takers = import.Graph.Consumers(node.Output);
        bool isTaken = takers.Count > 0 && !import.Graph.Outputs.Contains(node.Output) && takers.All(taker =>
            taker.OpType is "Split" or "Slice" or "Gather" || (taker.OpType == "Conv" && taker.Int("group", 1) == 1));
        return Divided(import, value, channels) ?? (isTaken ? Select(node, import, value, channels) : null);
    }

    /// <summary>
    /// What a convolution takes whose input is a selection: the tensor that was selected from, with weights (filters, channels, rows,
    /// columns) that meet the same values, zeros for the rest. Only where that is no more work than the selection.
    /// </summary>
    public static (OnnxActivation Source, OnnxConstant Weights) Absorb(OnnxImport import, OnnxActivation input, OnnxConstant weights)
    {
        Shape shape = weights.Shape;
        int taps = shape[2] * shape[3];
        if (import.Selection(input) is not { } selection
            || (taps > 1 && selection.Channels.Length < selection.Source.Stored.Channels)
            || (long)shape[0] * selection.Source.Stored.Channels * taps > MostWeights)
        {
            return (input, weights);
        }

        int channels = selection.Source.Stored.Channels;
        float[] given = weights.Floats;
        float[] spread = new float[shape[0] * channels * taps];
        for (int i = 0; i < given.Length; i++)
        {
            (int row, int tap) = Math.DivRem(i, taps);
            (int filter, int channel) = Math.DivRem(row, shape[1]);
            spread[(((filter * channels) + selection.Channels[channel]) * taps) + tap] += given[i];
        }

        return (
            selection.Source with { Axes = input.Axes },
            OnnxConstant.Of(new Shape(shape[0], channels, shape[2], shape[3]), spread));
    }

    /// <summary>The one of joined tensors that has all of the channels; null where none has.</summary>
    private static OnnxActivation? Joined(OnnxNode node, OnnxImport import, OnnxActivation value, int[] channels)
    {
        if (import.LayerOf(value) is not Concatenate { Axis: -1 })
        {
            return null;
        }

        int first = 0;
        foreach (OnnxActivation part in import.InputsOf(value))
        {
            int size = part.Stored.Channels;
            if (Array.TrueForAll(channels, channel => channel >= first && channel < first + size))
            {
                int start = first;
                return Select(node, import, part with { Axes = value.Axes }, Array.ConvertAll(channels, channel => channel - start));
            }

            first += size;
        }

        return null;
    }

    /// <summary>The kernel before, with the filters of the channels alone, and what lies between; null where others take it, too.</summary>
    private static OnnxActivation? Divided(OnnxImport import, OnnxActivation value, int[] channels)
    {
        if (value.Flattened is not null || channels.Length == 0 || !IsTakenApart(import, value))
        {
            return null;
        }

        List<Layer> between = [];
        OnnxActivation source = value;
        while (import.LayerOf(source) is var layer && Part(layer, channels) is { } part)
        {
            if (layer is WeightedLayer)
            {
                source = import.InputsOf(source)[0];
                between.Add(part);
                between.Reverse();
                return between.Aggregate(source, (last, next) =>
                    import.Add(next with { Name = import.FreeName(next.Name) }, value.Axes, last));
            }

            between.Add(part);
            source = import.InputsOf(source)[0];
            if (between.Count > MostBetween || import.IsShared(source))
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Whether all that takes a tensor takes channels of it, or one node puts them in another order.</summary>
    private static bool IsTakenApart(OnnxImport import, OnnxActivation value) =>
        import.Takers(value) is { } takers
        && (takers.Count == 1 || takers.All(taker => taker.Domain.Length == 0 && taker.OpType is "Split" or "Slice" or "Gather"));

    /// <summary>The layer for some of its channels; null where it mixes channels otherwise than by a kernel over all.</summary>
    private static Layer? Part(Layer layer, int[] channels) => layer switch
    {
        ReLU or LeakyReLU or TableActivation or MaxPooling2D or AveragePooling2D or ZeroPadding2D => layer,
        Activation activation when activation.Function is not ("softmax" or "log_softmax") => layer,
        BatchNormalization own => own with
        {
            Gamma = Pick(own.Gamma, channels, 1),
            Beta = Pick(own.Beta, channels, 1),
            MovingMean = Pick(own.MovingMean, channels, 1),
            MovingVariance = Pick(own.MovingVariance, channels, 1),
        },
        Conv2D own => own with
        {
            Filters = channels.Length,
            Kernel = Pick(own.Kernel, channels, 1),
            Bias = Pick(own.Bias, channels, 1),
        },
        Dense own => own with { Units = channels.Length, Kernel = Pick(own.Kernel, channels, 1), Bias = Pick(own.Bias, channels, 1) },
        Conv2DTranspose own => own with
        {
            Filters = channels.Length,
            Kernel = Pick(own.Kernel, channels, own.Kernel.Shape[3]),
            Bias = Pick(own.Bias, channels, 1),
        },
        _ => null,
    };

    /// <summary>The values of some channels, which lie before <paramref name="inner"/> values each; an array of none stays.</summary>
    private static NdArray<float> Pick(NdArray<float> values, int[] channels, int inner)
    {
        if (values.Values.Length == 0)
        {
            return values;
        }

        int[] dimensions = values.Shape.ToArray();
        int axis = dimensions.Length - (inner == 1 ? 1 : 2);
        int size = dimensions[axis];
        int rows = values.Values.Length / (size * inner);
        float[] picked = new float[rows * channels.Length * inner];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < channels.Length; i++)
            {
                Array.Copy(values.Values, ((row * size) + channels[i]) * inner, picked, ((row * channels.Length) + i) * inner, inner);
            }
        }

        dimensions[axis] = channels.Length;
        return new NdArray<float>(new Shape(dimensions), picked);
    }

    private static OnnxActivation Kernel(OnnxNode node, OnnxImport import, OnnxActivation value, int[] channels)
    {
        int inputs = value.Stored.Channels;
        if (channels.Length == 0 || (long)inputs * channels.Length > MostWeights)
        {
            throw node.Error(
                "OnnxSelection",
                $"it takes {channels.Length} of {inputs} values, for which there is no kernel of at least one and at most {MostWeights} weights. Take fewer, or select them outside of the network");
        }

        float[] weights = new float[inputs * channels.Length];
        for (int i = 0; i < channels.Length; i++)
        {
            weights[(channels[i] * channels.Length) + i] = 1;
        }

        string name = import.FreeName(node.Name);
        Layer layer = value.Stored.Rank == 3
            ? new Conv2D
            {
                Name = name,
                Filters = channels.Length,
                Window = new ConvolutionWindow { KernelSize = (1, 1) },
                Kernel = new NdArray<float>(new Shape(1, 1, inputs, channels.Length), weights),
                UseBias = false,
            }
            : new Dense
            {
                Name = name,
                Units = channels.Length,
                Kernel = new NdArray<float>(new Shape(inputs, channels.Length), weights),
                UseBias = false,
            };
        OnnxActivation selected = import.Add(layer, value.Axes, value with { Flattened = null });
        import.Selected(selected, value, channels);
        return selected;
    }
}
