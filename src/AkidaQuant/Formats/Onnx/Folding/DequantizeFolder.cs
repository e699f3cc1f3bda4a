using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>DequantizeLinear: weights stored as integers with their scale, one for the tensor or one a channel.</summary>
internal sealed class DequantizeFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["DequantizeLinear"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        long[] integers = operands.RequiredIntegers(0);
        OnnxConstant scales = operands.Required(1);
        long[] zeroPoints = operands.Integers(2) ?? new long[scales.Count];
        if (operands.Node.Int("block_size", 0) != 0)
        {
            throw operands.Node.Error(
                "OnnxBlockScales",
                "its scales are for blocks of values, and one for the tensor or one a channel is read. Quantize the weights per tensor or per channel");
        }

        if (!scales.IsFloat || zeroPoints.Length != scales.Count)
        {
            throw operands.Invalid(
                $"it has the scales {scales.Shape} of the type {scales.Type.Word()}, and {zeroPoints.Length} zero points");
        }

        int run = 1;
        if (scales.Count != 1)
        {
            int axis = OnnxAxes.Find(operands.Node, operands.Node.Int("axis", 1), value.Shape.Rank);
            run = scales.Shape.Rank == 1 && scales.Count == value.Shape[axis]
                ? OnnxStrides.Of(value.Shape)[axis]
                : throw operands.Invalid($"it has the scales {scales.Shape} for axis {axis} of {value.Shape}");
        }

        float[] factors = scales.Floats;
        float[] values = new float[operands.Room(value.Shape).Size];
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i / run % factors.Length;
            values[i] = unchecked(integers[i] - zeroPoints[channel]) * factors[channel];
        }

        return [OnnxConstant.Of(value.Shape, values, scales.Type)];
    }
}
