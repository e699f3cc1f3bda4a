using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Checks;

/// <summary>
/// Looks at the sums inside a layer that its bias and its output quantizer hide: those that end at the bounds of their accumulator, and
/// those whose product with their scale passes the buffer of the quantizer (numerics.md 5.4). The layer runs once more, without these.
/// </summary>
internal sealed class SumProbe
{
    private readonly IReadOnlyList<(PreparedLayer Layer, Operation Run)> _sums;
    private readonly long[]? _factors;
    private readonly ValueRange _accumulator;
    private readonly int _productBits;

    private SumProbe(IReadOnlyList<PreparedLayer> sums, int valueBits, long[]? factors, int productBits)
    {
        _sums = [.. sums.Select(layer => (layer, layer.CreateOperation()))];
        _factors = factors;
        _accumulator = ValueRange.OfBits(valueBits);
        _productBits = productBits;
    }

    /// <summary>The number of sums seen.</summary>
    public long Count { get; private set; }

    /// <summary>Those that saturate in either way.</summary>
    public long AnySaturated { get; private set; }

    /// <summary>Those at the bounds of the accumulator.</summary>
    public long Saturated { get; private set; }

    /// <summary>Those whose product passes the buffer.</summary>
    public long ProductsSaturated { get; private set; }

    /// <summary>The magnitude bits that the widest product takes.</summary>
    public int ProductBits { get; private set; }

    /// <summary>The share of sums that saturate, in percent.</summary>
    public double Share => 100.0 * AnySaturated / Math.Max(Count, 1);

    /// <summary>A probe; null for a layer whose sums cannot saturate, or that keeps state.</summary>
    public static SumProbe? Of(PlanStep<Node> step)
    {
        if (step.Node.Layer is not QuantizedLayer layer || layer is QuantizedPicoPostProcessing || step.Prepared.State.Count > 0)
        {
            return null;
        }

        QuantizedLayer open = layer with { OutputQuantizer = null };
        PreparedLayer sums = open.PrepareNamed(step.Taken);
        if (sums.IsView || sums.Output is not QuantizedSpec spec)
        {
            return null;
        }

        // What saturates before the bias is added may be far from the end behind it.
        PreparedLayer? before = open is QuantizedWeightedLayer { UseBias: true } biased
            ? (biased with { UseBias = false }).PrepareNamed(step.Taken)
            : null;
        long[]? factors = step.Prepared.Recorded.Tensor("out_quantizer/qscales")?.Values.Values;
        int productBits = layer.OutputQuantizer?.BufferBitwidth ?? 0;
        bool early = before?.Output is QuantizedSpec bare && CanReachEnd(bare);
        bool canSaturate = early || CanReachEnd(spec)
            || (factors is not null && (Int128)spec.Range.Magnitude * factors.Max() >= Int128.One << productBits);
        return canSaturate ? new SumProbe(early ? [sums, before!] : [sums], spec.ValueBits, factors, productBits) : null;
    }

    private static bool CanReachEnd(QuantizedSpec sums) =>
        ValueRange.OfBits(sums.ValueBits) is var bounds && (sums.Range.Min <= bounds.Min || sums.Range.Max >= bounds.Max);

    /// <summary>Whether a value in a channel passes the accumulator, or with its scale the buffer.</summary>
    public bool IsTooWide(long value, int channel) =>
        value >= _accumulator.Max
        || (_factors is { } factors && (Int128)value * factors[channel % factors.Length] >= Int128.One << _productBits);

    /// <summary>Sees the sums of the samples that a runner has just seen, which keeps all results.</summary>
    public void Run(PlanStep<Node> step, PlanRunner runner, int batch) =>
        Run(step.Inputs.Count == 0 ? [runner[ExecutionPlan.ModelInput]] : [.. step.Inputs.Select(input => runner[input])], batch);

    /// <summary>Sees the sums of some samples.</summary>
    /// <param name="inputs">What the layer gets.</param>
    /// <param name="batch">The number of samples.</param>
    /// <returns>Which of the sums saturate.</returns>
    public bool[] Run(TensorData[] inputs, int batch)
    {
        bool[] saturated = [];
        for (int i = 0; i < _sums.Count; i++)
        {
            (PreparedLayer layer, Operation run) = _sums[i];
            var sums = (IntegerData)TensorData.Allocate(layer.Output, batch);
            run(inputs, sums, batch);
            long[] values = new long[batch * sums.SampleSize];
            sums.CopyTo(values, batch);
            saturated = i == 0 ? new bool[values.Length] : saturated;
            See(values, saturated, hasProducts: i == 0);
        }

        Count += saturated.Length;
        AnySaturated += saturated.Count(isSaturated => isSaturated);
        return saturated;
    }

    private void See(long[] values, bool[] saturated, bool hasProducts)
    {
        Int128 limit = Int128.One << _productBits;
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            if (!saturated[i] && (value <= _accumulator.Min || value >= _accumulator.Max))
            {
                saturated[i] = true;
                Saturated++;
            }

            if (!hasProducts || _factors is not { } factors)
            {
                continue;
            }

            Int128 product = Int128.Abs((Int128)value * factors[i % factors.Length]);
            ProductBits = Math.Max(ProductBits, 128 - (int)Int128.LeadingZeroCount(product));
            if (product >= limit)
            {
                saturated[i] = true;
                ProductsSaturated++;
            }
        }
    }
}
