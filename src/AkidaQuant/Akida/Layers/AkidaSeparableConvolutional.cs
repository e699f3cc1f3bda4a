using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A separable convolution of Akida 1.0: every channel convolved with <c>weights</c> (X, Y, C, 1), the turned Keras
/// kernel, then channels mixed by <c>weights_pw</c> (1, 1, C, F) (akida-model.md 1.3).
/// </summary>
public sealed record AkidaSeparableConvolutional : AkidaV1Convolution
{
    /// <summary>A layer with 2-bit weights.</summary>
    public AkidaSeparableConvolutional() => WeightsBits = 2;

    /// <inheritdoc/>
    public override string TypeName => "SeparableConvolutional";

    /// <inheritdoc/>
    public override string SummaryTypeName => "Sep.Conv.";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [.. SpatialParameters];

    /// <inheritdoc/>
    public override ValueList<Shape> KernelShapes => Variables.Find<sbyte>("weights_pw") is { } pointwise
        ? [.. base.KernelShapes, pointwise.Shape]
        : base.KernelShapes;

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, KernelSize.Height, KernelSize.Width, Channels(input), 1),
        AkidaVariableRule.Kernel("weights_pw", WeightsBits, 1, 1, Channels(input), Filters),
        .. ActivationRules(Filters),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        int channels = inputs[0].Shape.Channels;
        ConvolutionGeometry geometry = Geometry(inputs[0], channels);
        IntegerDepthwiseConvolution first = Depthwise(geometry, inputs[0]);
        IntegerDense second = new(channels, Filters, Weights("weights_pw", 1, 1, channels, Filters), null, first.OutputRange, SumValueBits);
        QuantizedSpec between = AkidaTensors.Integers(geometry.OutputShape, SumValueBits + 1, true, first.OutputRange);
        long positions = geometry.OutputHeight * geometry.OutputWidth;
        return Finish(
            geometry.OutputShape.WithChannels(Filters),
            second.OutputRange,
            LinearPart
                .Over(positions * channels * Filters, second.Run)
                .After(LinearPart.Over(geometry.ChannelProducts, first.Run), between),
            positions * channels * ((KernelSize.Height * KernelSize.Width) + Filters));
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs)
    {
        int channels = inputs[0].Shape.Channels;
        ConvolutionGeometry geometry = Geometry(inputs[0], channels);
        IntegerDepthwiseConvolution first = Depthwise(geometry, inputs[0]);
        var windows = EventProducts.OfWindows(geometry, 1);
        int sums = geometry.OutputSize;
        return new LayerProducts(windows.Dense + ((long)sums * Filters), (input, batch) =>
        {
            using var between = IntegerData.Rent(sums, batch, first.OutputRange.Storage);
            first.Run(input, between, batch);
            return windows.Count(input, batch) + (EventProducts.Events(between, batch) * Filters);
        });
    }

    private IntegerDepthwiseConvolution Depthwise(in ConvolutionGeometry geometry, TensorSpec input) => new(
        geometry,
        KernelFlip.Turn(
            Weights("weights", KernelSize.Height, KernelSize.Width, geometry.InputChannels, 1),
            new Shape(KernelSize.Height, KernelSize.Width)),
        null,
        Integers(input).Range,
        SumValueBits);
}
