using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Checks;

/// <summary>
/// Looks at the sums inside a layer that its output quantizer hides: those that end at the bounds of their accumulator, and those whose
/// product with their scale passes the buffer of the quantizer (numerics.md 5.4). The layer runs once more, without that quantizer.
/// </summary>
internal sealed class SumProbe
{
    private readonly PreparedLayer _sums;
    private readonly Operation _operation;
    private readonly long[]? _factors;
    private readonly ValueRange _accumulator;
    private readonly int _productBits;

    private SumProbe(PreparedLayer sums, QuantizedSpec spec, long[]? factors, int productBits)
    {
        _sums = sums;
        _operation = sums.CreateOperation();
        _factors = factors;
        _accumulator = ValueRange.OfBits(spec.ValueBits);
        _productBits = productBits;
    }

    /// <summary>The number of sums seen.</summary>
    public long Count { get; private set; }

    /// <summary>Those at the bounds of the accumulator.</summary>
    public long Saturated { get; private set; }

    /// <summary>Those whose product passes the buffer.</summary>
    public long ProductsSaturated { get; private set; }

    /// <summary>The magnitude bits that the widest product takes.</summary>
    public int ProductBits { get; private set; }

    /// <summary>The share of sums that saturate, in percent.</summary>
    public double Share => 100.0 * (Saturated + ProductsSaturated) / Math.Max(Count, 1);

    /// <summary>A probe; null for a layer whose sums cannot saturate, or that keeps state.</summary>
    public static SumProbe? Of(PlanStep<Node> step)
    {
        if (step.Node.Layer is not QuantizedLayer { OutputQuantizer: { } output } layer || step.Prepared.State.Count > 0)
        {
            return null;
        }

        PreparedLayer sums = (layer with { OutputQuantizer = null }).PrepareNamed(step.Taken);
        if (sums.IsView || sums.Output is not QuantizedSpec spec)
        {
            return null;
        }

        long[]? factors = step.Prepared.Recorded.Tensor("out_quantizer/qscales")?.Values.Values;
        ValueRange bounds = ValueRange.OfBits(spec.ValueBits);
        bool canSaturate = spec.Range.Min <= bounds.Min || spec.Range.Max >= bounds.Max
            || (factors is not null && (Int128)spec.Range.Magnitude * factors.Max() >= Int128.One << output.BufferBitwidth);
        return canSaturate ? new SumProbe(sums, spec, factors, output.BufferBitwidth) : null;
    }

    /// <summary>Whether a value in a channel passes the accumulator, or with its scale the buffer.</summary>
    public bool IsTooWide(long value, int channel) =>
        value >= _accumulator.Max || (_factors is { } factors && (Int128)value * factors[channel % factors.Length] >= Int128.One << _productBits);

    /// <summary>Sees the sums of the samples that a runner has just seen, which keeps all results.</summary>
    public void Run(PlanStep<Node> step, PlanRunner runner, int batch) =>
        Run(step.Inputs.Count == 0 ? [runner[ExecutionPlan.ModelInput]] : [.. step.Inputs.Select(input => runner[input])], batch);

    /// <summary>Sees the sums of some samples.</summary>
    /// <param name="inputs">What the layer gets.</param>
    /// <param name="batch">The number of samples.</param>
    /// <returns>Which of the sums saturate.</returns>
    public bool[] Run(TensorData[] inputs, int batch)
    {
        var sums = (IntegerData)TensorData.Allocate(_sums.Output, batch);
        _operation(inputs, sums, batch);
        long[] values = new long[batch * sums.SampleSize];
        sums.CopyTo(values, batch);
        bool[] saturated = new bool[values.Length];
        Int128 limit = Int128.One << _productBits;
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            if (value <= _accumulator.Min || value >= _accumulator.Max)
            {
                saturated[i] = true;
                Saturated++;
            }

            if (_factors is not { } factors)
            {
                continue;
            }

            Int128 product = Int128.Abs((Int128)value * factors[i % factors.Length]);
            ProductBits = Math.Max(ProductBits, 128 - (int)Int128.LeadingZeroCount(product));
            if (product >= limit && !saturated[i])
            {
                saturated[i] = true;
                ProductsSaturated++;
            }
        }

        Count += values.Length;
        return saturated;
    }
}
