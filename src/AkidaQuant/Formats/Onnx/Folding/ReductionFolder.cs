using System.Collections.Frozen;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Reductions along axes.</summary>
internal sealed class ReductionFolder : OnnxFolder
{
    private static readonly FrozenDictionary<string, Reduction> Reductions = new Dictionary<string, Reduction>
    {
        ["ReduceSum"] = new((a, b) => a + b, (a, b) => checked(a + b), 0),
        ["ReduceMean"] = new((a, b) => a + b, (a, b) => checked(a + b), 0),
        ["ReduceProd"] = new((a, b) => a * b, (a, b) => checked(a * b), 1),
        ["ReduceMin"] = new(Math.Min, Math.Min, null),
        ["ReduceMax"] = new(Math.Max, Math.Max, null),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => Reductions.Keys;

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        Shape from = value.Shape;
        long[] given = operands.Integers(1, "axes") ?? [];
        if (given.Length == 0 && operands.Node.Int("noop_with_empty_axes", 0) != 0)
        {
            return [value];
        }

        int[] axes = given.Length == 0 ? [.. Enumerable.Range(0, from.Rank)] : OnnxAxes.Find(operands.Node, given, from.Rank);
        Shape kept = operands.Room(from.Select((dimension, axis) => axes.Contains(axis) ? 1 : dimension));
        Shape shape = operands.Node.Int("keepdims", 1) != 0 ? kept : new Shape([.. from.Where((_, axis) => !axes.Contains(axis))]);
        operands.Spend(value.Count);
        int[] targets = OnnxStrides.Positions(from, OnnxStrides.Broadcast(kept, from));
        Reduction reduction = Reductions[operands.Node.OpType];
        int count = kept.Size == 0 ? 0 : value.Count / kept.Size;
        bool isMean = operands.Node.OpType == "ReduceMean";
        if (value.IsFloat)
        {
            double[] sums = Reduce(
                operands,
                kept.Size,
                targets,
                Array.ConvertAll(value.Floats, element => (double)element),
                reduction.Float,
                reduction.Start);
            return [OnnxConstant.Of(shape, Array.ConvertAll(sums, sum => (float)(isMean ? sum / count : sum)), value.Type)];
        }

        long[] totals = Reduce(operands, kept.Size, targets, operands.Whole(value), reduction.Integer, reduction.Start);
        return [OnnxConstant.Of(shape, isMean && count > 0 ? Array.ConvertAll(totals, total => total / count) : totals, value.Type)];
    }

    private static T[] Reduce<T>(OnnxOperands operands, int size, int[] targets, T[] values, Func<T, T, T> combine, int? start)
        where T : struct, System.Numerics.INumber<T>
    {
        T?[] results = new T?[size];
        if (start is { } first)
        {
            Array.Fill(results, T.CreateChecked(first));
        }

        try
        {
            for (int i = 0; i < values.Length; i++)
            {
                results[targets[i]] = results[targets[i]] is { } result ? combine(result, values[i]) : values[i];
            }
        }
        catch (OverflowException)
        {
            throw operands.Invalid("its result does not fit 64 bits");
        }

        return Array.ConvertAll(results, result => result ?? throw operands.Invalid("it takes the least or the greatest of no values"));
    }

    private sealed record Reduction(Func<double, double, double> Float, Func<long, long, long> Integer, int? Start);
}
