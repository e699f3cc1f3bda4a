using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// The product of a flattened input, row-major (X, Y, C), with weights of shape (inputs, units) (akida-model.md 1.4,
/// convert.md 4.6).
/// </summary>
/// <remarks>
/// <c>flatten_shift</c>, one value for each channel C of the input, is a variable of ours: the shift by which a
/// quantized Flatten aligns channels, saturated to the bits of the input (convert.md 8.1). <c>input_shift</c>
/// follows it, saturated to the buffer.
/// </remarks>
public sealed record AkidaDense1D : AkidaIntegerLayer
{
    /// <summary>The number of outputs.</summary>
    public required int Units { get; init; }

    /// <summary>Bits of the weights.</summary>
    public int WeightsBits { get; init; } = 8;

    /// <inheritdoc/>
    public override string TypeName => "Dense1D";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters =>
        [new("units", Units), .. OutputParameters, new("weights_bits", WeightsBits)];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, Count(input), Units),
        AkidaVariableRule.LeftShift("input_shift", Count(input)),
        AkidaVariableRule.LeftShift("flatten_shift", Channels(input)),
        .. TailRules(Units),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = Integers(inputs[0]);
        int count = input.Shape.Size;
        int channels = input.Shape.Channels;
        ValueRange range = input.Range;
        IntegerFinish? alignment = null;
        if (InputShift("flatten_shift", channels) is { } shifts)
        {
            range = ValueRange.OfBits(input.ValueBits);
            alignment = new IntegerFinish(channels, input.Range, range, [new ChannelShift(channels, shifts, input.ValueBits)]);
        }

        IntegerDense product = new(count, Units, Kernel("weights", count, Units), InputShift("input_shift", count), range, BufferBits - 1);
        long macs = (long)count * Units;
        LinearPart linear = LinearPart.Over(macs, product.Run);
        if (alignment is not null)
        {
            LinearPart align = LinearPart.Whole((tensors, aligned, batch) => alignment.Run((IntegerData)tensors[0], aligned, batch));
            linear = linear.After(align, input with { Range = range });
        }

        return Finish(new Shape(1, 1, Units), product.OutputRange, linear, macs);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.Of(EventProducts.OfValues(inputs[0].Shape.Size, Units));
}
