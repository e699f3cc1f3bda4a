using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A transposed convolution: the input shifted left by <c>input_shift</c>, each pixel times the weights of shape
/// (K, K, C, F), which are not turned (akida-model.md 1.4, convert.md 6.2).
/// </summary>
public sealed record AkidaConv2DTranspose : AkidaTransposedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "Conv2DTranspose";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [new("filters", Filters), .. TransposedParameters];

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
        ConvolutionGeometry forward = Forward(inputs[0], Filters);
        int channels = inputs[0].Shape.Channels;
        IntegerTransposedConvolution convolution = new(
            forward,
            Weights("weights", KernelSize, KernelSize, channels, Filters),
            InputShift("input_shift", channels),
            Integers(inputs[0]).Range,
            BufferBits - 1);
        return Finish(
            forward.InputShape,
            convolution.OutputRange,
            LinearPart.Over(forward.Products, convolution.Run),
            (long)inputs[0].Shape.Size * KernelSize * KernelSize * Filters);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.Of(EventProducts.OfTransposed(Forward(inputs[0], Filters), inputs[0].Shape.Channels, Filters));
}
