using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// The convolution of images of 1 or 3 channels of unsigned bytes, whose border is <c>padding_value</c>. A
/// cross-correlation: weights of shape (K, K, C, F) are not turned (akida-model.md 1.4, convert.md 4.2).
/// </summary>
public sealed record AkidaInputConv2D : AkidaSpatialLayer, IAkidaInput
{
    /// <summary>A layer with 32-bit sums.</summary>
    public AkidaInputConv2D() => BufferBits = 32;

    /// <inheritdoc/>
    public required Shape InputShape { get; init; }

    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "InputConv2D";

    /// <inheritdoc/>
    public TensorSpec ModelInput => AkidaTensors.Integers(InputShape, 8, signed: false);

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters =>
        [new("input_shape", InputShape), new("filters", Filters), .. SpatialParameters];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, KernelSize, KernelSize, InputShape.Channels, Filters),
        AkidaVariableRule.Unsigned("padding_value", InputShape.Channels),
        .. TailRules(Filters),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RequireShape(inputs[0], InputShape);
        ConvolutionGeometry geometry = Geometry(inputs[0], Filters);
        int channels = geometry.InputChannels;
        IntegerConvolution convolution = new(
            geometry,
            Weights("weights", KernelSize, KernelSize, channels, Filters),
            null,
            Integers(inputs[0]).Range,
            BufferBits - 1,
            PerChannel("padding_value", channels, 0));
        return Finish(
            geometry.OutputShape,
            convolution.OutputRange,
            LinearPart.Over(geometry.Products, convolution.Run),
            (long)geometry.OutputShape.Size * KernelSize * KernelSize * channels);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs)
    {
        int border = PerChannel("padding_value", inputs[0].Shape.Channels, 0).Count(value => value != 0);
        return LayerProducts.Of(EventProducts.OfWindows(Geometry(inputs[0], Filters), Filters, border));
    }
}
