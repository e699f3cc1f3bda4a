using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Gemm, and MatMul by constant weights, as Dense. Rows of weights for an image that was flattened channel by channel are
/// put in the order of channels last.
/// </summary>
internal sealed class DenseOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Gemm", "MatMul"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxConstant weights = import.Required(node, 1, "its weights");
        OnnxActivation input = import.Activation(node);
        bool isGemm = node.OpType == "Gemm";
        if (weights.Shape.Rank != 2 || (isGemm && input.Rank != 1))
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"it multiplies a tensor of the shape {input.Shape} behind the batch with weights of {weights.Shape}, and only a matrix of weights has a layer here. Use nn.Linear");
        }

        if (isGemm && node.Int("transA", 0) != 0)
        {
            throw node.Error(
                "OnnxGemm",
                "it transposes its input (transA), which mixes the samples of a batch. Transpose its weights instead");
        }

        bool isInOrder = input.Rank == 1
            ? !input.IsWider
            : input.Axes.Where(axis => axis != OnnxActivation.None).SequenceEqual(OnnxActivation.InOrder(input.Rank));
        if (!isInOrder)
        {
            input = import.Ordered(input, OnnxActivation.InOrder(input.Rank), node);
        }

        bool isTransposed = isGemm && node.Int("transB", 0) != 0;
        int inputs = weights.Shape[isTransposed ? 1 : 0];
        int units = weights.Shape[isTransposed ? 0 : 1];
        if (inputs != input.Stored.Channels || units == 0)
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"its weights of the shape {weights.Shape} take {inputs} values, but its input has {input.Stored.Channels}. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        NdArray<float> kernel = Scale(
            isTransposed ? OnnxWeights.Reorder(weights, [1, 0]) : weights.ToArray(),
            isGemm ? node.Float("alpha", 1) : 1);
        NdArray<float>? bias = isGemm ? Bias(node, import, units) : null;
        Dense layer = new()
        {
            Name = import.NameOf(node),
            Units = units,
            Kernel = input.Flattened is { } image ? ChannelsLast(kernel, image) : kernel,
            UseBias = bias is not null,
            Bias = bias ?? NdArray<float>.Vector([]),
        };
        import.Set(node, import.Add(layer, input.Rank > 1 ? input.Axes : OnnxActivation.InOrder(1), input with { Flattened = null }));
    }

    private static NdArray<float>? Bias(OnnxNode node, OnnxImport import, int units)
    {
        if (import.Optional(node, 2, "its bias") is not { } bias)
        {
            return null;
        }

        float factor = node.Float("beta", 1);
        float[] values = bias.Floats;
        return bias.Count == 1 || (bias.Count == units && bias.Shape.Channels == units)
            ? Scale(NdArray<float>.Vector([.. Enumerable.Range(0, units).Select(unit => values[bias.Count == 1 ? 0 : unit])]), factor)
            : throw node.Error(
                "OnnxShapeMismatch",
                $"its bias has the shape {bias.Shape}, and {units} values are needed. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
    }

    private static NdArray<float> Scale(NdArray<float> values, float factor) => factor == 1 ? values : values.Map(value => value * factor);

    private static NdArray<float> ChannelsLast(NdArray<float> kernel, Shape image)
    {
        int units = kernel.Shape[1];
        float[] ordered = new float[kernel.Values.Length];
        int[] positions = OnnxActivation.ChannelMajorPositions(image);
        for (int row = 0; row < positions.Length; row++)
        {
            Array.Copy(kernel.Values, row * units, ordered, positions[row] * units, units);
        }

        return kernel with { Values = ordered };
    }
}
