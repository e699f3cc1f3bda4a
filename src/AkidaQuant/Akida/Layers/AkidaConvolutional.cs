using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A convolution of Akida 1.0: a true convolution with weights of shape (X, Y, C, F), which are the turned Keras kernel
/// (akida-model.md 1.3).
/// </summary>
public sealed record AkidaConvolutional : AkidaV1Convolution
{
    /// <inheritdoc/>
    public override string TypeName => "Convolutional";

    /// <inheritdoc/>
    public override string SummaryTypeName => "Conv.";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [.. SpatialParameters];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, KernelSize.Height, KernelSize.Width, Channels(input), Filters),
        .. ActivationRules(Filters),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        ConvolutionGeometry geometry = Geometry(inputs[0], Filters);
        int channels = geometry.InputChannels;
        NdArray<int> weights = Kernel("weights", KernelSize.Height, KernelSize.Width, channels, Filters);
        IntegerConvolution convolution = new(
            geometry,
            KernelFlip.Turn(weights),
            null,
            Integers(inputs[0]).Range,
            SumValueBits);
        return Finish(
            geometry.OutputShape,
            convolution.OutputRange,
            LinearPart.Over(geometry.Products, convolution.Run),
            (long)geometry.OutputShape.Size * KernelSize.Height * KernelSize.Width * channels);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.Of(EventProducts.OfWindows(Geometry(inputs[0], Filters), Filters));
}
