using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Cast and CastLike.</summary>
internal sealed class CastFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Cast", "CastLike"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        OnnxElementType type = operands.Node.OpType == "CastLike" ? operands.Required(1).Type : (OnnxElementType)operands.Node.Int("to", 0);
        if (type.Size() == 0)
        {
            throw operands.Node.Error(
                "OnnxCast", $"it casts to the element type {type.Word()}, which is not read. Cast to float32 or integers");
        }

        Shape shape = operands.Room(value.Shape);
        if (type.IsFloat())
        {
            operands.RefuseBatch(value);
            return [OnnxConstant.Of(shape, Array.ConvertAll(value.Floats, number => Rounded(number, type)), type)];
        }

        return
        [
            OnnxConstant.Of(
                shape,
                value.Integers is { } integers
                    ? Array.ConvertAll(integers, number => number == OnnxConstant.Batch ? number : Narrowed(number, type))
                    : Array.ConvertAll(value.Floats, number =>
                        type == OnnxElementType.Bool ? (number != 0 ? 1 : 0) : Narrowed((long)number, type)),
                type),
        ];
    }

    private static float Rounded(float value, OnnxElementType type) => type switch
    {
        OnnxElementType.Float16 => (float)(Half)value,
        OnnxElementType.BFloat16 => UpperHalf(value),
        _ => value,
    };

    /// <summary>The nearest float whose lower 16 bits are 0, the even one of two.</summary>
    private static float UpperHalf(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsFinite(value) ? BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000) : value;
    }

    private static long Narrowed(long value, OnnxElementType type) => type switch
    {
        OnnxElementType.Bool => value != 0 ? 1 : 0,
        OnnxElementType.Int8 => unchecked((sbyte)value),
        OnnxElementType.UInt8 => unchecked((byte)value),
        OnnxElementType.Int16 => unchecked((short)value),
        OnnxElementType.UInt16 => unchecked((ushort)value),
        OnnxElementType.Int32 => unchecked((int)value),
        OnnxElementType.UInt32 => unchecked((uint)value),
        _ => value,
    };
}
