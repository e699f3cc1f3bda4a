using AkidaQuant.Execution;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>
/// The TensorFlow functions of single numbers, and those that reduce axes to one number each, in float: no layer of Keras does these.
/// </summary>
internal static class OperatorMath
{
    private static readonly Dictionary<string, Func<float, float>> Functions = new(StringComparer.Ordinal)
    {
        ["math.abs"] = MathF.Abs,
        ["math.acos"] = MathF.Acos,
        ["math.acosh"] = MathF.Acosh,
        ["math.asin"] = MathF.Asin,
        ["math.asinh"] = MathF.Asinh,
        ["math.atan"] = MathF.Atan,
        ["math.atanh"] = MathF.Atanh,
        ["math.ceil"] = MathF.Ceiling,
        ["math.cos"] = MathF.Cos,
        ["math.cosh"] = MathF.Cosh,
        ["math.erf"] = x => (float)(1 - ErrorFunction.Complementary(x)),
        ["math.floor"] = MathF.Floor,
        ["math.log"] = MathF.Log,
        ["math.reciprocal"] = x => 1 / x,
        ["math.round"] = x => MathF.Round(x, MidpointRounding.ToEven),
        ["math.rsqrt"] = x => 1 / MathF.Sqrt(x),
        ["math.sign"] = x => float.IsNaN(x) ? x : MathF.Sign(x),
        ["math.sin"] = MathF.Sin,
        ["math.sinh"] = MathF.Sinh,
        ["math.sqrt"] = MathF.Sqrt,
        ["math.square"] = x => x * x,
        ["math.tan"] = MathF.Tan,
    };

    private static readonly Dictionary<string, (double Start, Func<double, float, double> Step, bool IsMean)> Reductions = new(
        StringComparer.Ordinal)
    {
        ["math.reduce_max"] = (double.NegativeInfinity, (most, value) => Math.Max(most, value), false),
        ["math.reduce_mean"] = (0, (sum, value) => sum + value, true),
        ["math.reduce_min"] = (double.PositiveInfinity, (least, value) => Math.Min(least, value), false),
        ["math.reduce_sum"] = (0, (sum, value) => sum + value, false),
    };

    private static readonly string[] ReductionParameters = ["axis", "keepdims"];

    /// <summary>The power of a constant exponent.</summary>
    private const string Power = "math.pow";

    /// <summary>The names of all functions.</summary>
    public static IEnumerable<string> Names => [.. Functions.Keys, .. Reductions.Keys, Power];

    /// <summary>The names of the arguments but the first that a function may have; null for one that is none of these.</summary>
    public static string[]? Parameters(string function) =>
        Functions.ContainsKey(function) ? [] : Reductions.ContainsKey(function) ? ReductionParameters : function == Power ? ["y"] : null;

    /// <summary>The layer over inputs of some shape; null where its function is none of these.</summary>
    /// <exception cref="QuantException">Its arguments are not supported.</exception>
    public static PreparedLayer? Prepare(TFOpLambda call, Shape input)
    {
        if (Function(call) is { } function)
        {
            return PreparedLayer.OfFunction(input, () => (values, _) => Each(values, function));
        }

        if (!Reductions.TryGetValue(call.Function, out var reduction))
        {
            return Parameters(call.Function) is null ? null : throw OperatorFunctions.NotSupported(call);
        }

        bool[] isReduced = Axes(call, input.Rank) ?? throw OperatorFunctions.NotSupported(call);
        bool keeps = call.Find("keepdims")?.Value is true;
        Shape kept = new([.. input.Select((size, axis) => isReduced[axis] ? 1 : size)]);
        Shape output = keeps ? kept : new Shape([.. input.Where((_, axis) => !isReduced[axis])]);
        if (output.Rank == 0)
        {
            throw OperatorFunctions.NotSupported(call);
        }

        return new PreparedLayer(new FloatSpec(output), () =>
        {
            int[] targets = Targets(input, kept, isReduced);
            int count = input.Size / Math.Max(kept.Size, 1);
            return (tensors, result, batch) =>
            {
                for (int sample = 0; sample < batch; sample++)
                {
                    ReadOnlySpan<float> values = ((FloatData)tensors[0]).Values(batch).Slice(sample * input.Size, input.Size);
                    double[] sums = new double[kept.Size];
                    Array.Fill(sums, reduction.Start);
                    for (int i = 0; i < values.Length; i++)
                    {
                        sums[targets[i]] = reduction.Step(sums[targets[i]], values[i]);
                    }

                    Span<float> to = ((FloatData)result).Values(batch).Slice(sample * kept.Size, kept.Size);
                    for (int i = 0; i < sums.Length; i++)
                    {
                        to[i] = (float)(reduction.IsMean ? sums[i] / count : sums[i]);
                    }
                }
            };
        });
    }

    private static Func<float, float>? Function(TFOpLambda call) =>
        call.Function != Power ? Functions.GetValueOrDefault(call.Function)
        : call.InputCount == 1 && call.Number("y", double.NaN) is { } exponent && !double.IsNaN(exponent) ? Raise((float)exponent)
        : null;

    private static Func<float, float> Raise(float exponent) => exponent == 2 ? x => x * x : x => MathF.Pow(x, exponent);

    private static void Each(Span<float> values, Func<float, float> function)
    {
        foreach (ref float value in values)
        {
            value = function(value);
        }
    }

    /// <summary>For each axis of a sample whether it is reduced; null where the axes are not some of those behind the batch.</summary>
    private static bool[]? Axes(TFOpLambda call, int rank)
    {
        object? given = call.Find("axis")?.Value;
        bool[] isReduced = new bool[rank];
        foreach (object? item in given as IReadOnlyList<object?> ?? [given])
        {
            if (item is not long number || number < -rank || number == 0 || number > rank)
            {
                return null;
            }

            isReduced[number < 0 ? number + rank : number - 1] = true;
        }

        return isReduced;
    }

    /// <summary>For each value of the input the one that it becomes part of.</summary>
    private static int[] Targets(Shape input, Shape kept, bool[] isReduced)
    {
        int[] targets = new int[input.Size];
        for (int i = 0; i < targets.Length; i++)
        {
            int rest = i;
            int stride = 1;
            for (int axis = input.Rank - 1; axis >= 0; axis--)
            {
                (rest, int index) = Math.DivRem(rest, input[axis]);
                targets[i] += isReduced[axis] ? 0 : index * stride;
                stride *= kept[axis];
            }
        }

        return targets;
    }
}
