using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A convolution of every channel with its own kernel: a true convolution with weights of shape (K, K, C, 1), which
/// are the turned Keras kernel (akida-model.md 1.4, convert.md 4.4).
/// </summary>
public sealed record AkidaDepthwiseConv2D : AkidaSpatialLayer
{
    /// <inheritdoc/>
    public override string TypeName => "DepthwiseConv2D";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [.. SpatialParameters];

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
        ConvolutionGeometry geometry = Geometry(inputs[0], channels);
        int[] weights = Weights("weights", KernelSize, KernelSize, channels, 1);
        IntegerDepthwiseConvolution convolution = new(
            geometry,
            KernelFlip.Turn(weights, new Shape(KernelSize, KernelSize)),
            InputShift("input_shift", channels),
            Integers(inputs[0]).Range,
            BufferBits - 1);
        return Finish(
            geometry.OutputShape,
            convolution.OutputRange,
            LinearPart.Over(geometry.ChannelProducts, convolution.Run),
            (long)geometry.OutputShape.Size * KernelSize * KernelSize);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.Of(EventProducts.OfWindows(Geometry(inputs[0], inputs[0].Shape.Channels), 1));
}
