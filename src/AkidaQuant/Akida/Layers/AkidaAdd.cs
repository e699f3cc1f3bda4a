using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// The sum of two inputs shifted left by <c>a_shift</c> and <c>b_shift</c>, then shifted by <c>output_shift</c>: left
/// when positive, right when negative (akida-model.md 1.4, convert.md 4.7).
/// </summary>
public sealed record AkidaAdd : AkidaIntegerLayer
{
    private const int MostBufferBits = 51;

    /// <summary>A layer with 32-bit sums.</summary>
    public AkidaAdd() => BufferBits = 32;

    /// <inheritdoc/>
    public override string TypeName => "Add";

    /// <inheritdoc/>
    public override int InboundCount => 2;

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [.. OutputParameters];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.LeftShift("a_shift", Channels(input)),
        AkidaVariableRule.LeftShift("b_shift", Channels(input)),
        .. TailRules(Channels(input)),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        (TensorSpec a, TensorSpec b) = (inputs[0], inputs[1]);
        if (a.Shape != b.Shape)
        {
            throw Invalid("AkidaLayerInputMismatch", $"its inputs must have the same shape, but they have {a.Shape} and {b.Shape}.");
        }

        if (BufferBits > MostBufferBits)
        {
            throw Invalid("AkidaParameterInvalid", $"its buffer_bits must be at most {MostBufferBits}, but it is {BufferBits}.");
        }

        int channels = a.Shape.Channels;
        int[] aShift = PerChannel("a_shift", channels, 0);
        int[] bShift = PerChannel("b_shift", channels, 0);
        int valueBits = BufferBits - 1;
        ValueRange left = Shifted(Integers(a).Range, aShift.Max(), valueBits);
        ValueRange right = Shifted(Integers(b).Range, bShift.Max(), valueBits);
        SaturatingAddition addition = new(channels, aShift, bShift, valueBits);
        return Finish(
            a.Shape,
            new ValueRange(left.Min + right.Min, left.Max + right.Max).Clamp(ValueRange.OfBits(valueBits)),
            LinearPart.Divided((long)a.Shape.Size * Stage.WorkOfElement, (tensors, output, batch, share, finish) =>
                addition.Run((IntegerData)tensors[0], (IntegerData)tensors[1], output, batch, share, finish)));
    }

    private static ValueRange Shifted(ValueRange range, int shift, int valueBits)
    {
        ValueRange limits = ValueRange.OfBits(valueBits);
        Int128 min = (Int128)Math.Min(range.Min, 0) << shift;
        Int128 max = (Int128)Math.Max(range.Max, 0) << shift;
        return new ValueRange((long)Int128.Max(min, limits.Min), (long)Int128.Min(max, limits.Max));
    }
}
