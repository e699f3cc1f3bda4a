namespace AkidaQuant.Execution;

/// <summary>How wide the sums of a layer may get, and what becomes of wider ones.</summary>
public readonly record struct AccumulatorWidth
{
    private readonly Func<int, QuantException>? _tooWide;

    private AccumulatorWidth(int valueBits, Func<int, QuantException>? tooWide)
    {
        ValueBits = valueBits;
        _tooWide = tooWide;
    }

    /// <summary>Magnitude bits, the sign left out.</summary>
    public int ValueBits { get; }

    /// <summary>
    /// Sums end at their greatest and least value, as the buffers of quantized and Akida layers do (layers.md 2.4, convert.md 6.1).
    /// </summary>
    public static AccumulatorWidth Saturating(int valueBits) => new(valueBits, null);

    /// <summary>
    /// Layers whose sums may get wider are refused, as those of given integers are: files say nothing of saturation (onnx.md 8).
    /// </summary>
    /// <param name="valueBits">Magnitude bits, the sign left out.</param>
    /// <param name="tooWide">The error for sums that may need more bits than its argument.</param>
    public static AccumulatorWidth Refusing(int valueBits, Func<int, QuantException> tooWide) => new(valueBits, tooWide);

    /// <summary>The integers that sums between two bounds become.</summary>
    /// <exception cref="QuantException">They may be wider, and such layers are refused.</exception>
    public ValueRange Limit(Int128 min, Int128 max)
    {
        ValueRange bounds = ValueRange.OfBits(ValueBits);
        return min >= bounds.Min && max <= bounds.Max ? new ValueRange((long)min, (long)max)
            : _tooWide is not null ? throw _tooWide(ValueBits)
            : new ValueRange((long)Int128.Clamp(min, bounds.Min, bounds.Max), (long)Int128.Clamp(max, bounds.Min, bounds.Max));
    }
}
