using System.Collections.Frozen;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Numerics;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Functions of one number, and Clip.</summary>
internal sealed class FunctionFolder : OnnxFolder
{
    private static readonly FrozenDictionary<string, Func<float, float>> Functions = new Dictionary<string, Func<float, float>>
    {
        ["Neg"] = value => -value,
        ["Abs"] = MathF.Abs,
        ["Sign"] = value => float.IsNaN(value) ? value : MathF.Sign(value),
        ["Relu"] = value => MathF.Max(value, 0),
        ["Sqrt"] = MathF.Sqrt,
        ["Reciprocal"] = value => 1 / value,
        ["Exp"] = MathF.Exp,
        ["Log"] = MathF.Log,
        ["Floor"] = MathF.Floor,
        ["Ceil"] = MathF.Ceiling,
        ["Round"] = value => MathF.Round(value, MidpointRounding.ToEven),
        ["Erf"] = value => (float)(1 - ErrorFunction.Complementary(value)),
        ["Tanh"] = MathF.Tanh,
        ["Sigmoid"] = value => 1 / (1 + MathF.Exp(-value)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Func<long, long>> WholeFunctions = new Dictionary<string, Func<long, long>>
    {
        ["Neg"] = value => unchecked(-value),
        ["Abs"] = value => value < 0 ? unchecked(-value) : value,
        ["Sign"] = value => Math.Sign(value),
        ["Relu"] = value => Math.Max(value, 0),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => [.. Functions.Keys, "Clip"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        Shape shape = operands.Room(value.Shape);
        if (value.IsFloat)
        {
            Func<float, float> function = operands.Node.OpType == "Clip" ? Clip(operands) : Functions[operands.Node.OpType];
            return [OnnxConstant.Of(shape, Array.ConvertAll(value.Floats, element => function(element)), value.Type)];
        }

        Func<long, long>? whole =
            operands.Node.OpType == "Clip" ? WholeClip(operands) : WholeFunctions.GetValueOrDefault(operands.Node.OpType);
        return whole is null
            ? throw operands.Invalid($"it computes with {value.Type.Word()}")
            : [OnnxConstant.Of(shape, Array.ConvertAll(operands.Whole(value), element => whole(element)), value.Type)];
    }

    /// <summary>Where the bounds are the wrong way round, the upper one holds.</summary>
    private static Func<float, float> Clip(OnnxOperands operands)
    {
        float least = Bound(operands, 1, "min")?.Floats[0] ?? operands.Node.Float("min", float.NegativeInfinity);
        float greatest = Bound(operands, 2, "max")?.Floats[0] ?? operands.Node.Float("max", float.PositiveInfinity);
        return value => MathF.Min(MathF.Max(value, least), greatest);
    }

    private static Func<long, long> WholeClip(OnnxOperands operands)
    {
        long least = Bound(operands, 1, "min") is { } min ? operands.Whole(min)[0] : long.MinValue;
        long greatest = Bound(operands, 2, "max") is { } max ? operands.Whole(max)[0] : long.MaxValue;
        return value => Math.Min(Math.Max(value, least), greatest);
    }

    private static OnnxConstant? Bound(OnnxOperands operands, int index, string name)
    {
        OnnxConstant? bound = operands.Optional(index);
        return bound is null || (bound.Count == 1 && bound.IsFloat == operands.Required(0).IsFloat)
            ? bound
            : throw operands.Invalid(
                $"its bound {name} of the shape {bound.Shape} and the type {bound.Type.Word()} is not one number of the type {operands.Required(0).Type.Word()}");
    }
}
