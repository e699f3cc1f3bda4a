using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;

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

    /// <summary>No step: accumulators as they are.</summary>
    public static IntegerTail None { get; } = new();

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
        return arrays.Where(array => array.Values is not null).Select(array =>
            new Variable($"{layer}/{array.Name}:0", NdArray<float>.Vector(Array.ConvertAll(array.Values!, value => (float)value)), Trainable: false));
    }

    /// <summary>The whole layer: the sums, then this.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">The shape of the sums.</param>
    /// <param name="sums">The integers that they can be.</param>
    /// <param name="linear">Computes them.</param>
    /// <param name="state">What the layer remembers.</param>
    /// <exception cref="QuantException"><c>SumsTooWide</c>, or the pool does not fit.</exception>
    internal PreparedLayer Prepare(IntegerLayer layer, Shape shape, ValueRange sums, LinearPart linear, IReadOnlyList<TensorSpec>? state = null)
    {
        int channels = shape.Channels;
        List<Func<Stage>> stages = [];
        ValueRange biased = Fits(layer, Bias is null ? sums : new ValueRange(sums.Min + Math.Min(0, Bias.Min()), sums.Max + Math.Max(0, Bias.Max())), SumBits);
        (Shape Shape, ValueRange Range) current = (shape, biased);
        if (Pool is { } window)
        {
            ConvolutionGeometry pool = window.Over(layer, shape, channels);
            Then(pool.OutputShape, biased, () => new MaxPooling(pool).Run, inPlace: false);
        }

        if (Table is { } table)
        {
            Then(current.Shape, IntegerTable.Keys, () => table.Input.CreateKernel(channels, IntegerTable.Keys).Run, inPlace: false);
            TableLookup lookup = new(table.Values);
            Then(current.Shape, lookup.OutputRange, () => lookup.Run, inPlace: true);
        }
        else if (IsRectified)
        {
            long[]? maximum = MaxValue is null ? null : Array.ConvertAll(MaxValue, value => (long)value);
            ValueRange positive = new(Math.Max(current.Range.Min, 0), Math.Max(current.Range.Max, 0));
            ValueRange clipped = maximum is null ? positive : new ValueRange(Math.Min(positive.Min, maximum.Min()), Math.Min(positive.Max, maximum.Max()));
            Then(current.Shape, clipped, () => new Rectification(channels, maximum).Run, inPlace: true);
        }

        if (SumsPositions)
        {
            int positions = current.Shape[0] * current.Shape[1];
            ValueRange all = new(Product(layer, current.Range.Min, positions), Product(layer, current.Range.Max, positions));
            Then(new Shape(1, 1, channels), Fits(layer, all, SumBits), () => new GlobalSum(positions, channels, null, SumBits).Run, inPlace: false);
        }

        ValueRange result = current.Range;
        if (Rescaling is { } rescaling)
        {
            ValueRange range = ValueRange.OfBits(OutputBits) with { Min = result.Min >= 0 ? 0 : sbyte.MinValue };
            Then(current.Shape, range, () => rescaling.CreateKernel(channels, range).Run, inPlace: false);
        }

        QuantizedSpec output = Spec(layer, current.Shape, Rescaling is null ? Fits(layer, result, RawBits) : current.Range);
        PreparedLayer prepared = new(output, () => CreateOperation(Spec(layer, shape, biased), linear, [.. stages.Select(stage => stage())])) { State = state ?? [] };
        prepared.Recorded.Add(RecordedSums, Recorded(biased));
        prepared.Recorded.Add(RecordedResult, Recorded(result));
        return prepared;

        void Then(Shape next, ValueRange range, Func<Action<IntegerData, IntegerData, int>> run, bool inPlace)
        {
            QuantizedSpec spec = Spec(layer, next, range);
            stages.Add(() => new Stage(spec, run(), inPlace));
            current = (next, range);
        }
    }

    private Operation CreateOperation(QuantizedSpec sums, LinearPart linear, Stage[] stages)
    {
        IntegerChain chain = new(sums.Shape.Size, sums.Storage);
        foreach (Stage stage in stages)
        {
            chain.Add(stage.Result.Shape.Size, stage.Result.Storage, stage.Run, stage.InPlace);
        }

        BiasAddition? bias = Bias is null ? null : new BiasAddition(Array.ConvertAll(Bias, value => (long)value), SumBits);
        Action<ReadOnlySpan<TensorData>, IntegerData, int> run = chain.Create((inputs, accumulators, batch) =>
        {
            linear(inputs, accumulators, batch);
            bias?.Run(accumulators, batch);
        });
        return (inputs, output, batch) => run(inputs, (IntegerData)output, batch);
    }

    private QuantizedSpec Spec(IntegerLayer layer, Shape shape, ValueRange range) =>
        new(shape, Rescaling is null ? RawBits : OutputBits, ScalarOrVector<int>.Scalar(0), layer.Step, range);

    private static RecordedTensor Recorded(ValueRange range) => new(NdArray<long>.Vector([range.Min, range.Max]), SumBits, ScalarOrVector<int>.Scalar(0));

    private static long Product(IntegerLayer layer, long value, int count) =>
        Math.BigMul(value, count, out long low) == low >> 63 ? low : throw TooWide(layer, SumBits);

    private static ValueRange Fits(IntegerLayer layer, ValueRange range, int bits) =>
        range.Clamp(ValueRange.OfBits(bits)) == range ? range : throw TooWide(layer, bits);

    private static QuantException TooWide(IntegerLayer layer, int bits) => new(
        "SumsTooWide",
        QuantErrorKind.NotSupported,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Layer '{layer.Name}' ({layer.ClassName}): its accumulators may need more than {bits} bits and a sign. Use fewer inputs for its sums, or a smaller image before its global pooling."),
        layer.Name);

    private sealed record Stage(QuantizedSpec Result, Action<IntegerData, IntegerData, int> Run, bool InPlace);
}
