using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// BatchNormalization of inference: as a layer behind a kernel or a pool behind one, where quantization folds it; anywhere
/// else as the factor and constant a channel that it is.
/// </summary>
internal sealed class BatchNormalizationOperator : OnnxOperator
{
    private const float DefaultEpsilon = 1e-5f;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["BatchNormalization"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        if (node.Int("training_mode", 0) != 0 || node.Int("is_test", 1) == 0)
        {
            throw node.Error(
                "OnnxTrainingMode",
                "it normalizes by the statistics of a batch, as in training. Export the model in evaluation mode: model.eval()");
        }

        if (node.Int("spatial", 1) == 0)
        {
            throw node.Error(
                "OnnxBatchNormalization",
                "it normalizes each position by a value of its own (spatial=0), and only one for each channel has a layer here. Use nn.BatchNorm2d");
        }

        OnnxActivation input = import.Activation(node);
        if (input.Rank is 2 or 3)
        {
            input = import.Image(node);
        }
        else if (input.IsWider)
        {
            input = import.Ordered(input, OnnxActivation.InOrder(input.Rank), node);
        }

        int channels = input.Shape[0];
        BatchNormalization layer = new()
        {
            Name = import.NameOf(node),
            Epsilon = node.Float("epsilon", DefaultEpsilon),
            Gamma = Parameter(node, import, 1, "its scale", channels),
            Beta = Parameter(node, import, 2, "its bias", channels),
            MovingMean = Parameter(node, import, 3, "its mean", channels),
            MovingVariance = Parameter(node, import, 4, "its variance", channels),
        };
        if (input.Rank is not (1 or 3) || layer.MovingVariance.Values.Any(variance => !(variance + layer.Epsilon > 0)))
        {
            throw node.Error(
                "OnnxBatchNormalization",
                input.Rank is 1 or 3
                    ? "one of its variances is not positive. The file is damaged; export the model again"
                    : $"its input has the shape {input.Shape} behind the batch, and only images and rows of features are normalized here. Use nn.BatchNorm2d or nn.BatchNorm1d over rows"
            );
        }

        if (input.Flattened is { } image)
        {
            layer = InMemoryOrder(layer, image);
        }

        import.SetImage(
            node,
            layer.Gamma.Values.Contains(0f) && import.LayerOf(input) is WeightedLayer kernel && !import.IsShared(input)
                ? Fold(import, input, kernel, layer)
                : CanBeFolded(import, input) && !layer.Gamma.Values.Contains(0f)
                    ? import.AddLike(layer, input)
                    : AsAffine(node, import, input, layer));
    }

    /// <summary>
    /// A gamma of 0 leaves a filter of zeros with a bias, which quantization does not make of a layer behind the kernel, as the reference
    /// does not: it is one from here on.
    /// </summary>
    private static OnnxActivation Fold(OnnxImport import, OnnxActivation input, WeightedLayer kernel, BatchNormalization layer)
    {
        float[] factors = layer.Factors();
        float[] bias = new float[factors.Length];
        for (int i = 0; i < bias.Length; i++)
        {
            float centered = (kernel.UseBias ? kernel.Bias.Values[i] : 0) - layer.MovingMean.Values[i];
            bias[i] = layer.Beta.Values[i] + (centered * factors[i]);
        }

        import.Replace(kernel.ScaleOutputs(factors) with { UseBias = true, Bias = NdArray<float>.Vector(bias) });
        return input;
    }

    private static bool CanBeFolded(OnnxImport import, OnnxActivation input) =>
        ChannelAffine.IsBehindKernel(import, input)
        || (
            import.LayerOf(input) is GlobalAveragePooling2D
            && !import.IsShared(input)
            && ChannelAffine.IsBehindKernel(import, import.InputsOf(input)[0]));

    private static OnnxActivation AsAffine(OnnxNode node, OnnxImport import, OnnxActivation input, BatchNormalization layer)
    {
        float[] factors = layer.Factors();
        float[] offsets = new float[factors.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = layer.Beta.Values[i] - (layer.MovingMean.Values[i] * factors[i]);
        }

        return ChannelAffine.Add(node, import, input, factors, offsets);
    }

    private static NdArray<float> Parameter(OnnxNode node, OnnxImport import, int index, string what, int channels)
    {
        OnnxConstant values = import.Required(node, index, what);
        return values.Count == channels
            ? NdArray<float>.Vector(values.Floats)
            : throw node.Error(
                "OnnxShapeMismatch",
                $"{what} has the shape {values.Shape}, but its input has {channels} channels. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
    }

    private static BatchNormalization InMemoryOrder(BatchNormalization layer, Shape image)
    {
        int[] positions = OnnxActivation.ChannelMajorPositions(image);
        return layer with
        {
            Gamma = Ordered(layer.Gamma),
            Beta = Ordered(layer.Beta),
            MovingMean = Ordered(layer.MovingMean),
            MovingVariance = Ordered(layer.MovingVariance),
        };

        NdArray<float> Ordered(NdArray<float> values) => NdArray<float>.Vector(OnnxActivation.InMemoryOrder(values.Values, positions));
    }
}
