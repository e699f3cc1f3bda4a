using System.Globalization;

namespace AkidaQuant.Tensors;

/// <summary>What is known of a tensor before anything runs.</summary>
/// <param name="Shape">Without the batch.</param>
public abstract record TensorSpec(Shape Shape)
{
    /// <summary>What a value is: <c>float32</c>, <c>8-bit</c>.</summary>
    protected abstract string Kind { get; }

    /// <summary>The values and the shape: <c>float32 (28, 28, 1)</c>.</summary>
    public sealed override string ToString() => $"{Kind} {Shape}";
}

/// <summary>A tensor of float32 values.</summary>
public sealed record FloatSpec(Shape Shape) : TensorSpec(Shape)
{
    /// <inheritdoc/>
    protected override string Kind => "float32";
}

/// <summary>The least and the greatest integer that a tensor can hold.</summary>
public readonly record struct ValueRange(long Min, long Max)
{
    /// <summary>The range of <paramref name="valueBits"/> magnitude bits: [-2^n, 2^n - 1] (numerics.md 1.1).</summary>
    public static ValueRange OfBits(int valueBits) => new(-(1L << valueBits), (1L << valueBits) - 1);

    /// <summary>The narrowest storage that holds all these integers.</summary>
    public IntegerStorage Storage =>
        Min >= short.MinValue && Max <= short.MaxValue ? IntegerStorage.Int16
        : Min >= int.MinValue && Max <= int.MaxValue ? IntegerStorage.Int32
        : IntegerStorage.Int64;

    /// <summary>Both bounds: <c>-128..127</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Min}..{Max}");

    /// <summary>The larger of the two magnitudes.</summary>
    public long Magnitude => Math.Max(-Min, Max);

    /// <summary>Both bounds brought into <paramref name="limits"/>.</summary>
    public ValueRange Clamp(ValueRange limits) =>
        new(Math.Clamp(Min, limits.Min, limits.Max), Math.Clamp(Max, limits.Min, limits.Max));
}

/// <summary>
/// A tensor of integers: a FixedPoint of numerics.md 2, or a QFloat of numerics.md 3 when it has scales.
/// Its real values are <c>integer / 2^FracBits * Scales</c>.
/// </summary>
/// <param name="Shape">Without the batch.</param>
/// <param name="ValueBits">Magnitude bits, the sign left out.</param>
/// <param name="FracBits">Fractional bits, one for the tensor or one a channel.</param>
/// <param name="Scales">The scales of a QFloat; none for a FixedPoint.</param>
/// <param name="Range">The integers that can occur, never wider than <paramref name="ValueBits"/> allows.</param>
public sealed record QuantizedSpec(
    Shape Shape,
    int ValueBits,
    ScalarOrVector<int> FracBits,
    ScalarOrVector<float>? Scales,
    ValueRange Range) : TensorSpec(Shape)
{
    /// <summary>A FixedPoint or QFloat whose integers fill its value bits.</summary>
    public QuantizedSpec(Shape shape, int valueBits, ScalarOrVector<int> fracBits, ScalarOrVector<float>? scales = null)
        : this(shape, valueBits, fracBits, scales, ValueRange.OfBits(valueBits))
    {
    }

    /// <summary>Whether the tensor has scales (a QFloat).</summary>
    public bool IsQFloat => Scales is not null;

    /// <summary>
    /// Whether the scales are constants of the network, not derived from weights: dividing by them is a product
    /// with the reciprocal (numerics.md 1.2).
    /// </summary>
    public bool HasConstantScales { get; init; }

    /// <summary>
    /// Whether a sign stands beside the value bits. Always so in quantized models (numerics.md 2); an Akida tensor may have
    /// none (akida-model.md 1.6).
    /// </summary>
    public bool IsSigned { get; init; } = true;

    /// <summary>All bits of an element, the sign included.</summary>
    public int Bits => ValueBits + (IsSigned ? 1 : 0);

    /// <summary>Whether fractional bits are one for the tensor; a vector of one element counts (numerics.md 2.1).</summary>
    public bool HasScalarFracBits => FracBits.IsScalar || FracBits.Count == 1;

    /// <summary>Whether one quantization serves the whole tensor (numerics.md 2.1 and 3).</summary>
    public bool IsPerTensor => HasScalarFracBits && (Scales is not { } scales || scales.IsScalar);

    /// <inheritdoc/>
    protected override string Kind => string.Create(CultureInfo.InvariantCulture, $"{(IsSigned ? "signed" : "unsigned")} {Bits}-bit");

    /// <summary>The narrowest storage that holds <see cref="Range"/>.</summary>
    public IntegerStorage Storage => Range.Storage;
}
