using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A transposed convolution of every channel with its own kernel, of shape (K, K, C, 1) and not turned
/// (akida-model.md 1.4, convert.md 6.2).
/// </summary>
public sealed record AkidaDepthwiseConv2DTranspose : AkidaTransposedLayer
{
    /// <inheritdoc/>
    public override string TypeName => "DepthwiseConv2DTranspose";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [.. TransposedParameters];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, KernelSize, KernelSize, Channels(input), 1),
        AkidaVariableRule.LeftShift("input_shift", Channels(input)),
        .. TailRules(Channels(input)),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        int channels = inputs[0].Shape.Channels;
        ConvolutionGeometry forward = Forward(inputs[0], channels);
        IntegerDepthwiseTransposedConvolution convolution = new(
            forward,
            Weights("weights", KernelSize, KernelSize, channels, 1),
            InputShift("input_shift", channels),
            Integers(inputs[0]).Range,
            BufferBits - 1);
        return Finish(
            forward.InputShape,
            convolution.OutputRange,
            LinearPart.Over(forward.ChannelProducts, convolution.Run),
            (long)inputs[0].Shape.Size * KernelSize * KernelSize);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs)
    {
        int channels = inputs[0].Shape.Channels;
        return LayerProducts.Of(EventProducts.OfTransposed(Forward(inputs[0], channels), channels, 1));
    }
}
