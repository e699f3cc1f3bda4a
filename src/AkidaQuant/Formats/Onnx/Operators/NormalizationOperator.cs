using AkidaQuant.Formats.Onnx.Graph;

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

    private static OnnxActivation OfLayer(OnnxNode node, OnnxImport import, OnnxActivation input)
    {
        int first = OnnxAxes.Find(node, node.Int("axis", -1), input.Rank + 1) - 1;
        if (first < 0)
        {
            throw OnnxSamples.Moved(node, "it normalizes over the batch");
        }

        if (input.Flattened is not null || input.Axes[^1] != input.Rank - 1)
        {
            input = import.Ordered(input, OnnxActivation.InOrder(input.Rank), node);
        }

        OnnxActivation normalized = OnnxFloat.Normalize(
            node, import, input, [.. Enumerable.Range(first, input.Rank - first)], node.Float("epsilon", DefaultEpsilon));
        return Scale(node, import, normalized, import.Required(node, 1, "its scale"), import.Optional(node, 2, "its bias"));
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

    private static OnnxActivation Scale(OnnxNode node, OnnxImport import, OnnxActivation value, OnnxConstant scale, OnnxConstant? bias)
    {
        float[]? factors = OnnxChannelValues.Find(value, scale);
        float[]? offsets = bias is null ? [0] : OnnxChannelValues.Find(value, bias);
        return factors is not null && offsets is not null
            ? ChannelAffine.Add(node, import, value, factors, offsets)
            : throw node.Error(
                "OnnxConstantShape",
                $"its scale has the shape {scale.Shape} over samples of the shape {value.Shape}, and only one value, or one an index of the last axis, has a layer here. Normalize over the last axis alone");
    }
}
