using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// The first convolution of Akida 1.0, over images of 1 or 3 channels of unsigned bytes: a cross-correlation, weights
/// of shape (X, Y, C, F) not turned (akida-model.md 1.3).
/// </summary>
public sealed record AkidaInputConvolutional : AkidaV1Convolution, IAkidaInput
{
    /// <inheritdoc/>
    public required Shape InputShape { get; init; }

    /// <summary>What stands around the image.</summary>
    public int PaddingValue { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "InputConvolutional";

    /// <inheritdoc/>
    public override string SummaryTypeName => "InputConv.";

    /// <inheritdoc/>
    public TensorSpec ModelInput => AkidaTensors.Integers(InputShape, 8, signed: false);

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters =>
        [new("input_shape", InputShape), .. SpatialParameters, new("padding_value", PaddingValue)];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, KernelSize.Height, KernelSize.Width, InputShape.Channels, Filters),
        .. ActivationRules(Filters),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RequireShape(inputs[0], InputShape);
        ConvolutionGeometry geometry = Geometry(inputs[0], Filters);
        int channels = geometry.InputChannels;
        IntegerConvolution convolution = new(
            geometry,
            Weights("weights", KernelSize.Height, KernelSize.Width, channels, Filters),
            null,
            Integers(inputs[0]).Range,
            SumValueBits,
            [PaddingValue]);
        return Finish(
            geometry.OutputShape,
            convolution.OutputRange,
            LinearPart.Over(geometry.Products, convolution.Run),
            (long)geometry.OutputShape.Size * KernelSize.Height * KernelSize.Width * channels);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs)
    {
        int border = PaddingValue == 0 ? 0 : inputs[0].Shape.Channels;
        return LayerProducts.Of(EventProducts.OfWindows(Geometry(inputs[0], Filters), Filters, border));
    }
}
