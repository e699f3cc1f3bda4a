using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>QuantizeLinear of constants: weights that a file stores as floats in front of their quantizer.</summary>
internal sealed class QuantizeFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["QuantizeLinear"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        OnnxConstant scales = operands.Required(1);
        long[] zeroPoints = operands.Integers(2) ?? new long[scales.Count];
        var asked = (OnnxElementType)operands.Node.Int("output_dtype", 0);
        OnnxElementType type = operands.Optional(2)?.Type
            ?? (asked == OnnxElementType.Undefined ? OnnxElementType.UInt8 : asked);
        if (type.IntegerRange() is not var (least, greatest) || operands.Node.Int("block_size", 0) != 0)
        {
            throw operands.Node.Error(
                "OnnxBlockScales",
                $"it quantizes weights to {type.Word()}{(operands.Node.Int("block_size", 0) != 0 ? " in blocks of values" : string.Empty)}, and integers with one scale for the tensor or one a channel are read. Quantize the weights so");
        }

        if (zeroPoints.Length != scales.Count || scales.Count == 0)
        {
            throw operands.Invalid($"it has {scales.Count} scales and {zeroPoints.Length} zero points");
        }

        int run = 1;
        if (scales.Count != 1)
        {
            int axis = OnnxAxes.Find(operands.Node, operands.Node.Int("axis", 1), value.Shape.Rank);
            run = scales.Count == value.Shape[axis]
                ? OnnxStrides.Of(value.Shape)[axis]
                : throw operands.Invalid($"it has the scales {scales.Shape} for axis {axis} of {value.Shape}");
        }

        float[] factors = scales.Floats;
        float[] values = value.Floats;
        long[] integers = new long[operands.Room(value.Shape).Size];
        for (int i = 0; i < integers.Length; i++)
        {
            int channel = i / run % factors.Length;
            float rounded = MathF.Round(values[i] / factors[channel], MidpointRounding.ToEven);
            integers[i] = float.IsNaN(rounded)
                ? zeroPoints[channel]
                : (long)Math.Clamp((double)rounded + zeroPoints[channel], least, greatest);
        }

        return [OnnxConstant.Of(value.Shape, integers, type)];
    }
}
