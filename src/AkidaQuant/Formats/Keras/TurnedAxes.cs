using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// How layers change when what they take has its channels last instead of first. Axes are counted as Keras does: the batch is 0, and 1 is
/// the first of a sample.
/// </summary>
internal static class TurnedAxes
{
    /// <summary>The axis that an axis of channels first becomes.</summary>
    /// <param name="axis">The axis, negative from the end.</param>
    /// <param name="rank">The number of axes of a sample.</param>
    public static int Last(int axis, int rank)
    {
        int counted = axis < 0 ? axis + rank + 1 : axis;
        return counted == 1 ? rank : counted - 1;
    }

    /// <summary>The axes, for a Permute, that bring a sample with channels first into one with channels last.</summary>
    public static IReadOnlyList<int> ToLast(int rank) => [.. Enumerable.Range(2, rank - 1), 1];

    /// <summary>The axes, for a Permute, that bring a sample with channels last into one with channels first.</summary>
    public static IReadOnlyList<int> ToFirst(int rank) => [rank, .. Enumerable.Range(1, rank - 1)];

    /// <summary>For each value of a row of channels last, which value of the same row of channels first it is.</summary>
    /// <param name="shape">The shape before it became a row, channels last.</param>
    public static int[] RowOrder(Shape shape)
    {
        int channels = shape.Channels;
        int positions = shape.Size / channels;
        int[] order = new int[shape.Size];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = (i % channels * positions) + (i / channels);
        }

        return order;
    }

    /// <summary>The layer on an image of channels last; null where it computes something else there.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="rank">The number of axes of a sample.</param>
    public static Layer? Turn(Layer layer, int rank) => layer switch
    {
        _ when ChannelOrder.IsFirst(layer) => layer,
        BatchNormalization batch => batch with { Axis = Last(batch.Axis, rank) is var axis && axis == rank ? -1 : axis },
        Concatenate join => join with { Axis = Last(join.Axis, rank) is var axis && axis == rank ? -1 : axis },
        Softmax softmax => Last(ChannelOrder.AxisOf(softmax), rank) == rank ? softmax : null,
        PReLU slopes => Turn(slopes, rank),
        _ => IsOfValues(layer) ? layer : null,
    };

    /// <summary>The layer on a row of an image of channels last; null where its weights don't say how.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="order">Which value of the row of channels first each is.</param>
    public static Layer? Reorder(Layer layer, int[] order) => layer switch
    {
        Dense { Kernel: var kernel } dense when kernel.Shape[0] == order.Length =>
            dense with { Kernel = kernel with { Values = Rows(kernel.Values, order, kernel.Shape[1]) } },
        BatchNormalization batch when batch.MovingMean.Values.Length == order.Length => batch.WithVariables(
            [.. batch.Variables.Select(variable => variable.Value with { Values = Rows(variable.Value.Values, order, 1) })]),
        _ => IsOfValues(layer) ? layer : null,
    };

    /// <summary>Whether a layer does the same to every value, wherever it is.</summary>
    private static bool IsOfValues(Layer layer) => layer switch
    {
        Activation activation => ActivationFunction.IsElementwise(activation.Function),
        Rescaling rescaling => rescaling.Scale.Length == 1 && rescaling.Offset.Length == 1,
        _ => layer.Variables.Count == 0 && Names.Contains(layer.ClassName),
    };

    /// <summary>The classes of layers of Keras that treat every value alike, of one input and of several.</summary>
    private static readonly HashSet<string> Names =
    [
        nameof(TableActivation), nameof(ReLU), nameof(LeakyReLU), nameof(ELU), nameof(ThresholdedReLU), nameof(Activation),
        nameof(Dropout), nameof(ActivityRegularization), "AlphaDropout", "GaussianDropout", "GaussianNoise",
        nameof(Add), nameof(Multiply), "Subtract", "Minimum", "Maximum", "Average",
    ];

    /// <summary>Slopes with their channels last, and the axes that share them.</summary>
    private static PReLU? Turn(PReLU slopes, int rank)
    {
        Shape first = slopes.Alpha.Shape;
        if (first.Rank != rank)
        {
            return null;
        }

        Shape last = first.WithFirstAxisLast();
        return slopes with
        {
            SharedAxes = [.. slopes.SharedAxes.Select(axis => Last(axis, rank)).Order()],
            Alpha = new NdArray<float>(last, Rows(slopes.Alpha.Values, RowOrder(last), 1)),
        };
    }

    private static float[] Rows(float[] values, int[] order, int length)
    {
        float[] rows = new float[values.Length];
        for (int i = 0; i < order.Length; i++)
        {
            values.AsSpan(order[i] * length, length).CopyTo(rows.AsSpan(i * length));
        }

        return rows;
    }
}
