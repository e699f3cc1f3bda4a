using System.Globalization;
using AkidaQuant.Execution;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// What follows the sums of products of a layer, in this order: the bias, a maximum pool, the activation, a sum over all
/// positions, the rescaling to 8 bits (onnx.md 8). Nothing saturates before that rescaling.
/// </summary>
public sealed record IntegerTail
{
    /// <summary>The name under which the least and the greatest sum, the bias added, are recorded.</summary>
    internal const string RecordedSums = "sums/range";

    /// <summary>The name under which the least and the greatest integer before the rescaling are recorded.</summary>
    internal const string RecordedResult = "result/range";

    /// <summary>Wide enough that no sum is ever saturated; wider ones are refused.</summary>
    internal const int SumBits = 50;

    private const int OutputBits = 7;
    private const int RawBits = 31;

    /// <summary>The bias of each channel, aligned on the accumulators; null for none.</summary>
    public int[]? Bias { get; init; }

    /// <summary>The window of a maximum pool, whose border never wins; null for none.</summary>
    public ConvolutionWindow? Pool { get; init; }

    /// <summary>Whether negative accumulators become 0.</summary>
    public bool IsRectified { get; init; }

    /// <summary>The greatest accumulator of each channel, for a clipped ReLU; null for no bound.</summary>
    public int[]? MaxValue { get; init; }

    /// <summary>The activation as a table; null for none.</summary>
    public IntegerTable? Table { get; init; }

    /// <summary>Whether all positions of an image are summed: the mean, whose divisor is part of the rescaling.</summary>
    public bool SumsPositions { get; init; }

    /// <summary>The rescaling to 8 bits; null for 32-bit accumulators as output.</summary>
    public IntegerRescaling? Rescaling { get; init; }

    /// <summary>What follows the sums, in this order: <c>bias, pool, ReLU, rescaling</c>.</summary>
    public override string ToString()
    {
        (string Step, bool IsThere)[] steps =
        [
            ("bias", Bias is not null),
            ("pool", Pool is not null),
            ("ReLU", IsRectified),
            ("table", Table is not null),
            ("sum", SumsPositions),
            ("rescaling", Rescaling is not null),
        ];
        return string.Join(", ", steps.Where(step => step.IsThere).Select(step => step.Step));
    }

    /// <summary>The stored scalars, for summaries.</summary>
    internal IEnumerable<Variable> Variables(string layer)
    {
        (string Name, int[]? Values)[] arrays =
        [
            ("bias", Bias),
            ("max_value", MaxValue),
            ("activation_scale", Table?.Input.Factors),
            ("activation_shift", Table?.Input.Shifts),
            ("lut_values", Table?.Values),
            ("scale", Rescaling?.Factors),
            ("shift", Rescaling?.Shifts),
        ];
        return arrays
            .Where(array => array.Values is not null)
            .Select(array => new Variable(
                $"{layer}/{array.Name}:0",
                NdArray<float>.Vector(Array.ConvertAll(array.Values!, value => (float)value)),
                Trainable: false));
    }

    /// <summary>The whole layer: the sums, then this.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">The shape of the sums.</param>
    /// <param name="sums">The integers that they can be.</param>
    /// <param name="linear">Computes them.</param>
    /// <param name="state">What the layer remembers.</param>
    /// <exception cref="QuantException"><c>SumsTooWide</c>, or the pool does not fit.</exception>
    internal PreparedLayer Prepare(
        IntegerLayer layer,
        Shape shape,
        ValueRange sums,
        LinearPart linear,
        IReadOnlyList<TensorSpec>? state = null)
    {
        AccumulatorWidth width = Width(layer, SumBits);
        LayerTail tail = LayerTail.OfIntegers(shape, width.Limit(sums.Min, sums.Max));
        if (Bias is not null)
        {
            tail.AddBias(Array.ConvertAll(Bias, value => (long)value), width);
        }

        ValueRange biased = tail.Range;
        if (Pool is { } window)
        {
            tail.AddMaxPool(window.Over(layer, shape, shape.Channels));
        }

        if (Table is { } table)
        {
            table.Input.AddTo(tail, IntegerTable.Keys);
            tail.AddTable(table.Values);
        }
        else if (IsRectified)
        {
            tail.AddRectification(MaxValue is null ? null : Array.ConvertAll(MaxValue, value => (long)value));
        }

        if (SumsPositions)
        {
            tail.AddSum(new Shape(1, 1, shape.Channels), null, width);
        }

        ValueRange result = tail.Range;
        if (Rescaling is { } rescaling)
        {
            rescaling.AddTo(tail, ValueRange.OfBits(OutputBits) with { Min = result.Min >= 0 ? 0 : sbyte.MinValue });
        }
        else
        {
            Width(layer, RawBits).Limit(result.Min, result.Max);
        }

        RecordedVariables recorded = new();
        recorded.Add(RecordedSums, Recorded(biased));
        recorded.Add(RecordedResult, Recorded(result));
        QuantizedSpec output = new(
            tail.Shape, Rescaling is null ? RawBits : OutputBits, ScalarOrVector<int>.Scalar(0), layer.Step, tail.Range);
        return tail.Prepare(output, () => linear, state, recorded);
    }

    private static RecordedTensor Recorded(ValueRange range) =>
        new(NdArray<long>.Vector([range.Min, range.Max]), SumBits, ScalarOrVector<int>.Scalar(0));

    private static AccumulatorWidth Width(IntegerLayer layer, int bits) =>
        AccumulatorWidth.Refusing(bits, most => new QuantException(
            "SumsTooWide",
            QuantErrorKind.NotSupported,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Layer '{layer.Name}' ({layer.ClassName}): its accumulators may need more than {most} bits and a sign. Use fewer inputs for its sums, or a smaller image before its global pooling."),
            layer.Name));
}
