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
    public override IReadOnlyList<KeyValuePair<string, object>> Parameters => [.. SpatialParameters];

    /// <inheritdoc/>
    public override AkidaPreparedLayer Prepare(IReadOnlyList<AkidaTensor> inputs)
    {
        ConvolutionGeometry geometry = Geometry(inputs[0], Filters);
        int channels = geometry.InputChannels;
        int[] weights = Weights("weights", KernelSize.Height, KernelSize.Width, channels, Filters);
        IntegerConvolution convolution = new(
            geometry, KernelFlip.Turn(weights, new Shape(KernelSize.Height, KernelSize.Width)), null, IntegerRange(inputs[0]), SumValueBits);
        AccumulatorStages stages = CreateStages(geometry.OutputShape, convolution.OutputRange);
        return stages.Prepare((long)geometry.OutputShape.Size * KernelSize.Height * KernelSize.Width * channels, convolution.Run);
    }
}
