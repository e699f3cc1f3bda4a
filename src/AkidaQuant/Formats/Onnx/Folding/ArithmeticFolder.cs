using System.Collections.Frozen;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Arithmetic of two tensors, or of more one after the other.</summary>
internal sealed class ArithmeticFolder : OnnxFolder
{
    private static readonly FrozenDictionary<string, Operation> Operations = new Dictionary<string, Operation>
    {
        ["Add"] = new((a, b) => a + b, (a, b) => checked(a + b), 0, 0),
        ["Sum"] = new((a, b) => a + b, (a, b) => checked(a + b), 0, 0),
        ["Sub"] = new((a, b) => a - b, (a, b) => checked(a - b), null, 0),
        ["Mul"] = new((a, b) => a * b, (a, b) => checked(a * b), 1, 1),
        ["Div"] = new((a, b) => a / b, (a, b) => a / b, null, 1),
        ["Pow"] = new(MathF.Pow, (a, b) => (long)Math.Pow(a, b), null, 1),
        ["Min"] = new(MathF.Min, Math.Min, null, null),
        ["Max"] = new(MathF.Max, Math.Max, null, null),
        ["Mod"] = new((a, b) => a % b, FloorModulo, null, null),
        ["And"] = new(null, (a, b) => a & b, null, null),
        ["Or"] = new(null, (a, b) => a | b, null, null),
        ["Xor"] = new(null, (a, b) => a ^ b, null, null),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => Operations.Keys;

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        Operation operation = Operations[operands.Node.OpType];
        if (operands.Node.OpType == "Mod" && operands.Node.Int("fmod", 0) != 0)
        {
            operation = operation with { Integer = (a, b) => a % b };
        }

        int count = operands.Node.OpType is "Sum" or "Min" or "Max" ? Math.Max(operands.Count, 1) : 2;
        return
        [
            Enumerable
                .Range(1, count - 1)
                .Aggregate(operands.Required(0), (left, i) => Compute(operands, operation, left, operands.Required(i))),
        ];
    }

    private static OnnxConstant Compute(OnnxOperands operands, Operation operation, OnnxConstant left, OnnxConstant right)
    {
        OnnxElementType type = left.Type;
        if (left.IsFloat != right.IsFloat)
        {
            // Only Pow mixes types: its result is of the type of the base.
            (left, right) = operands.Node.OpType == "Pow"
                ? (AsFloat(operands, left), AsFloat(operands, right))
                : throw operands.Invalid($"it computes with {left.Type.Word()} and {right.Type.Word()}");
        }

        OnnxConstant[] values = OnnxBroadcast.Align(operands, left, right);
        Shape shape = values[0].Shape;
        if (values[0].Integers is { } integers)
        {
            return OnnxConstant.Of(shape, Integers(operands, operation, integers, values[1].Integers!), type);
        }

        Func<float, float, float> compute = operation.Float ?? throw operands.Invalid($"it computes with {left.Type.Word()}");
        float[] results = [.. values[0].Floats.Zip(values[1].Floats, compute)];
        return type.IsFloat()
            ? OnnxConstant.Of(shape, results, type)
            : OnnxConstant.Of(shape, Array.ConvertAll(results, value => (long)value), type);
    }

    private static long[] Integers(OnnxOperands operands, Operation operation, long[] left, long[] right)
    {
        try
        {
            return [.. left.Zip(right, (a, b) =>
                a == OnnxConstant.Batch && b == operation.NeutralRight ? a
                : b == OnnxConstant.Batch && a == operation.NeutralLeft ? b
                : a == OnnxConstant.Batch || b == OnnxConstant.Batch ? throw OnnxSamples.Computed(operands.Node)
                : operation.Integer(a, b))];
        }
        catch (ArithmeticException)
        {
            throw operands.Invalid("it divides integers by 0, or its result does not fit 64 bits");
        }
    }

    private static OnnxConstant AsFloat(OnnxOperands operands, OnnxConstant value)
    {
        operands.RefuseBatch(value);
        return OnnxConstant.Of(value.Shape, value.Floats);
    }

    /// <summary>The remainder with the sign of the divisor.</summary>
    private static long FloorModulo(long value, long divisor)
    {
        long remainder = value % divisor;
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? remainder + divisor : remainder;
    }

    /// <summary>An operation, and the numbers that leave the other operand, even the number of samples, as it is.</summary>
    private sealed record Operation(
        Func<float, float, float>? Float,
        Func<long, long, long> Integer,
        long? NeutralLeft,
        long? NeutralRight);
}
