using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Normalization by the mean and variance of each sample, which stays in float: no constants stand for them.</summary>
internal sealed class NormalizationOperator : OnnxOperator
{
    private const float DefaultEpsilon = 1e-5f;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["LayerNormalization", "InstanceNormalization", "GroupNormalization"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Activation(node);
        import.Set(node, node.OpType switch
        {
            "LayerNormalization" => OfLayer(node, import, input),
            "InstanceNormalization" => OfGroups(node, import, input, input.Shape[0]),
            _ => OfGroups(node, import, input, (int)Math.Clamp(node.Int("num_groups", 1), 1, int.MaxValue)),
        });
    }

    /// <summary>The output of a node as what is left of a tensor that lies some nodes before it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="import">The import.</param>
    /// <param name="moments">The tensor, and what its mean and variance are taken over.</param>
    /// <param name="scale">The name of its factors; null for none.</param>
    /// <param name="bias">The name of what is added; null for nothing.</param>
    public static void ImportMoments(OnnxNode node, OnnxImport import, OnnxMoments moments, string? scale, string? bias)
    {
        OnnxActivation input = import.Activation(node, moments.Root);
        int[] axes = [.. OnnxAxes.Find(node, moments.Axes, input.Rank + 1).Order().Select(axis => axis - 1)];
        import.Set(node, OfAxes(
            node,
            import,
            input,
            axes,
            moments.Epsilon,
            scale is null ? null : import.Constant(scale),
            bias is null ? null : import.Constant(bias)));
    }

    private static OnnxActivation OfLayer(OnnxNode node, OnnxImport import, OnnxActivation input)
    {
        int first = OnnxAxes.Find(node, node.Int("axis", -1), input.Rank + 1) - 1;
        if (first >= 0 && input.Axes[^1] != input.Rank - 1)
        {
            input = import.Ordered(input, OnnxActivation.InOrder(input.Rank), node);
        }

        return OfAxes(
            node,
            import,
            input,
            [.. Enumerable.Range(first, input.Rank - first)],
            node.Float("epsilon", DefaultEpsilon),
            import.Required(node, 1, "its scale"),
            import.Optional(node, 2, "its bias"));
    }

    /// <summary>A layer over the last axes in memory, and single functions over others.</summary>
    private static OnnxActivation OfAxes(
        OnnxNode node, OnnxImport import, OnnxActivation input, int[] axes, float epsilon, OnnxConstant? scale, OnnxConstant? bias)
    {
        if (axes[0] < 0)
        {
            throw OnnxSamples.Moved(node, "it normalizes over the batch");
        }

        input = input.Flattened is null ? input : import.Ordered(input, OnnxActivation.InOrder(input.Rank), node);
        int[] last = [.. input.Axes.Skip(input.Axes.Count - axes.Length)];
        if (!last.Order().SequenceEqual(axes))
        {
            return Scale(node, import, OnnxFloat.Normalize(node, import, input, axes, epsilon), scale, bias);
        }

        Shape shape = new([.. last.Select(axis => input.Shape[axis])]);
        LayerNormalization layer = new()
        {
            Name = import.NameOf(node),
            Axes = [.. Enumerable.Range(-last.Length, last.Length)],
            Epsilon = epsilon,
            Scale = scale is not null,
            Center = bias is not null,
        };
        NdArray<float>[] weights =
            [.. new[] { scale, bias }.OfType<OnnxConstant>().Select(constant => new NdArray<float>(shape, Weights(constant)))];
        return import.AddLike(layer.WithVariables(weights), input);

        // One for all, one an index of the last axis in memory, or one for each value, whose axes are the last ones in order.
        float[] Weights(OnnxConstant constant) =>
            OnnxChannelValues.Find(input, constant) is { } each ? [.. Enumerable.Range(0, shape.Size).Select(i => each[i % each.Length])]
            : constant.Count == shape.Size && last.SequenceEqual(Enumerable.Range(input.Rank - last.Length, last.Length))
                && constant.Shape.TakeLast(last.Length).SequenceEqual(shape)
                ? constant.Floats
            : throw WrongScale(node, constant, input);
    }

    private static OnnxActivation OfGroups(OnnxNode node, OnnxImport import, OnnxActivation input, int groups)
    {
        int channels = input.Shape[0];
        if (input.Rank is not (2 or 3) || channels % groups != 0)
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"it normalizes samples of the shape {input.Shape} in {groups} groups of channels, and only images and lines whose channels divide into them are normalized here");
        }

        Shape shape = input.Shape;
        bool isEach = groups == channels;
        OnnxActivation grouped = isEach ? input
            : OnnxView.Reshape(input, new Shape([groups, channels / groups, .. shape.Skip(1)]), node, import);
        OnnxActivation normalized = OnnxFloat.Normalize(
            node, import, grouped, [.. Enumerable.Range(1, grouped.Rank - 1)], node.Float("epsilon", DefaultEpsilon));
        OnnxActivation image = isEach ? normalized : OnnxView.Reshape(normalized, shape, node, import);
        return Scale(node, import, image, Spread(import.Required(node, 1, "its scale")), Spread(import.Required(node, 2, "its bias")));

        // One value a channel, or one a group as the first form of GroupNormalization has them, with axes for the positions behind.
        OnnxConstant Spread(OnnxConstant values)
        {
            float[] given = values.Floats;
            if (given.Length != channels && given.Length != groups)
            {
                throw node.Error(
                    "OnnxShapeMismatch",
                    $"its scale or bias has the shape {values.Shape}, and {channels} values are needed. The file is damaged; export the model again",
                    QuantErrorKind.InvalidData);
            }

            float[] each = [.. Enumerable.Range(0, channels).Select(i => given[given.Length == channels ? i : i / (channels / groups)])];
            return OnnxConstant.Of(new Shape([channels, .. Enumerable.Repeat(1, shape.Rank - 1)]), each);
        }
    }

    private static OnnxActivation Scale(OnnxNode node, OnnxImport import, OnnxActivation value, OnnxConstant? scale, OnnxConstant? bias)
    {
        return scale is null && bias is null ? value : ChannelAffine.Add(node, import, value, Values(scale, 1), Values(bias, 0));

        float[] Values(OnnxConstant? constant, float none) => constant is null ? [none]
            : OnnxChannelValues.Find(value, constant) ?? throw WrongScale(node, constant, value);
    }

    private static QuantException WrongScale(OnnxNode node, OnnxConstant scale, OnnxActivation value) => node.Error(
        "OnnxConstantShape",
        $"its scale or bias has the shape {scale.Shape} over samples of the shape {value.Shape}, and only one value, or one a channel of images or an index of the last axis of others, has a layer here. Normalize over that axis alone, with one factor and one bias for each of its indices");
}
