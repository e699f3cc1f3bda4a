using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Layers.Integers;

/// <summary>The sum of two tensors of signed bytes, each shifted to the left first (onnx.md 7.6 and 8).</summary>
public sealed record IntegerAdd : IntegerLayer
{
    /// <summary>The left shift of the first input, one for each channel.</summary>
    public required int[] LeftShifts { get; init; }

    /// <summary>The left shift of the second input, one for each channel.</summary>
    public required int[] RightShifts { get; init; }

    /// <summary>The shift of the sum to 8 bits, without factors; null for sums of 32 bits as output.</summary>
    public IntegerRescaling? Rescaling { get; init; }

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        (QuantizedSpec left, QuantizedSpec right) = (SignedBytes(inputs), SignedBytes(inputs, 1));
        int channels = left.Shape.Channels;
        if (left.Shape != right.Shape || left.Shape.Rank == 0 || LeftShifts.Length != channels || RightShifts.Length != channels)
        {
            throw DoesNotFit(
                $"its inputs are {left.Shape} and {right.Shape}, with shifts for {LeftShifts.Length} and {RightShifts.Length} channels. All must be equal.");
        }

        ValueRange a = Shifted(left.Range, LeftShifts.Max());
        ValueRange b = Shifted(right.Range, RightShifts.Max());
        SaturatingAddition addition = new(channels, LeftShifts, RightShifts, IntegerTail.SumBits);
        return new IntegerTail { Rescaling = Rescaling }.Prepare(
            this,
            left.Shape,
            new ValueRange(a.Min + b.Min, a.Max + b.Max),
            LinearPart.Divided((long)left.Shape.Size * Stage.WorkOfElement, (tensors, output, batch, share, finish) =>
                addition.Run((IntegerData)tensors[0], (IntegerData)tensors[1], output, batch, share, finish)));
    }

    private static ValueRange Shifted(ValueRange range, int shift) => new(Math.Min(range.Min, 0) << shift, Math.Max(range.Max, 0) << shift);
}
