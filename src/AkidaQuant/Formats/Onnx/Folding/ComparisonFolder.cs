using System.Collections.Frozen;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Comparisons, Where and Not.</summary>
internal sealed class ComparisonFolder : OnnxFolder
{
    private static readonly FrozenDictionary<string, (Func<float, float, bool> Float, Func<long, long, bool> Integer)> Comparisons =
        new Dictionary<string, (Func<float, float, bool>, Func<long, long, bool>)>
        {
            ["Equal"] = ((a, b) => a == b, (a, b) => a == b),
            ["Less"] = ((a, b) => a < b, (a, b) => a < b),
            ["LessOrEqual"] = ((a, b) => a <= b, (a, b) => a <= b),
            ["Greater"] = ((a, b) => a > b, (a, b) => a > b),
            ["GreaterOrEqual"] = ((a, b) => a >= b, (a, b) => a >= b),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => [.. Comparisons.Keys, "Where", "Not"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands) => [operands.Node.OpType switch
    {
        "Where" => Where(operands),
        "Not" => Not(operands),
        _ => Compare(operands),
    }];

    private static OnnxConstant Compare(OnnxOperands operands)
    {
        OnnxConstant[] values = OnnxBroadcast.Align(operands, operands.Required(0), operands.Required(1));
        if (values[0].IsFloat != values[1].IsFloat)
        {
            throw operands.Invalid($"it compares {values[0].Type.Word()} with {values[1].Type.Word()}");
        }

        (Func<float, float, bool> real, Func<long, long, bool> whole) = Comparisons[operands.Node.OpType];
        IEnumerable<bool> results = values[0].Integers is { } integers
            ? integers.Zip(values[1].Integers!, (a, b) => whole(Sign(operands, a, b), Sign(operands, b, a)))
            : values[0].Floats.Zip(values[1].Floats, real);
        return OnnxConstant.Of(values[0].Shape, [.. results.Select(result => result ? 1L : 0)], OnnxElementType.Bool);
    }

    /// <summary>
    /// A number to compare with another. How many samples there are is not known, but that there are some is: exporters
    /// compare dimensions with -1.
    /// </summary>
    private static long Sign(OnnxOperands operands, long value, long other) =>
        value != OnnxConstant.Batch || other == OnnxConstant.Batch ? value
        : other <= 0 ? long.MaxValue
        : throw OnnxSamples.Computed(operands.Node);

    private static OnnxConstant Where(OnnxOperands operands)
    {
        OnnxConstant[] values = OnnxBroadcast.Align(operands, operands.Required(0), operands.Required(1), operands.Required(2));
        if (values[0].Integers is not { } conditions || values[1].IsFloat != values[2].IsFloat)
        {
            throw operands.Invalid($"it chooses between {values[1].Type.Word()} and {values[2].Type.Word()} by {values[0].Type.Word()}");
        }

        return values[1].IsFloat
            ? OnnxConstant.Of(values[0].Shape, Choose(conditions, values[1].Floats, values[2].Floats), values[1].Type)
            : OnnxConstant.Of(values[0].Shape, Choose(conditions, values[1].Integers!, values[2].Integers!), values[1].Type);
    }

    private static T[] Choose<T>(long[] conditions, T[] yes, T[] no) =>
        [.. conditions.Select((condition, i) => condition != 0 ? yes[i] : no[i])];

    private static OnnxConstant Not(OnnxOperands operands)
    {
        long[] values = operands.RequiredIntegers(0);
        return OnnxConstant.Of(
            operands.Room(operands.Required(0).Shape),
            Array.ConvertAll(values, value => value == 0 ? 1L : 0),
            OnnxElementType.Bool);
    }
}
