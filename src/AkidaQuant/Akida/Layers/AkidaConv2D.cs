using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A convolution: the input shifted left by <c>input_shift</c>, then a true convolution with weights of shape
/// (K, K, C, F), which are the turned Keras kernel (akida-model.md 1.4, convert.md 4.3).
/// </summary>
public sealed record AkidaConv2D : AkidaSpatialLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "Conv2D";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [new("filters", Filters), .. SpatialParameters];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, KernelSize, KernelSize, Channels(input), Filters),
        AkidaVariableRule.LeftShift("input_shift", Channels(input)),
        .. TailRules(Filters),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        ConvolutionGeometry geometry = Geometry(inputs[0], Filters);
        int channels = geometry.InputChannels;
        NdArray<int> weights = Kernel("weights", KernelSize, KernelSize, channels, Filters);
        IntegerConvolution convolution = new(
            geometry,
            KernelFlip.Turn(weights),
            InputShift("input_shift", channels),
            Integers(inputs[0]).Range,
            BufferBits - 1);
        return Finish(
            geometry.OutputShape,
            convolution.OutputRange,
            LinearPart.Over(geometry.Products, convolution.Run),
            (long)geometry.OutputShape.Size * KernelSize * KernelSize * channels);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.Of(EventProducts.OfWindows(Geometry(inputs[0], Filters), Filters));
}
