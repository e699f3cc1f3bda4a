namespace AkidaQuant.Akida.Layers;

/// <summary>A tensor between Akida layers: three dimensions, and its integers as parameters count them (akida-model.md 1.6).</summary>
/// <param name="Spec">Shape and storage; a <see cref="FloatSpec"/> for the float side of quantizers.</param>
/// <param name="Bits">All bits of an element, the sign included.</param>
/// <param name="Signed">Whether one bit is the sign.</param>
public sealed record AkidaTensor(TensorSpec Spec, int Bits, bool Signed)
{
    /// <summary>The dimensions (X, Y, C).</summary>
    public Shape Shape => Spec.Shape;

    /// <summary>Magnitude bits: the sign left out.</summary>
    public int ValueBits => Bits - (Signed ? 1 : 0);

    /// <summary>The integers that can occur; null for floats.</summary>
    public ValueRange? Range => (Spec as QuantizedSpec)?.Range;

    /// <summary>Whether the elements are float32.</summary>
    public bool IsFloat => Spec is FloatSpec;

    /// <summary>Floats of that shape.</summary>
    public static AkidaTensor Floats(Shape shape) => new(new FloatSpec(shape), 32, true);

    /// <summary>Integers that fill their bits.</summary>
    public static AkidaTensor Integers(Shape shape, int bits, bool signed) =>
        Integers(shape, bits, signed, signed ? ValueRange.OfBits(bits - 1) : new ValueRange(0, (1L << bits) - 1));

    /// <summary>Integers of a narrower range.</summary>
    public static AkidaTensor Integers(Shape shape, int bits, bool signed, ValueRange range) =>
        new(new QuantizedSpec(shape, bits - (signed ? 1 : 0), ScalarOrVector<int>.Scalar(0), null, range), bits, signed);
}
