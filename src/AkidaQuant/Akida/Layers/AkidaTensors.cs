namespace AkidaQuant.Akida.Layers;

/// <summary>The tensors between Akida layers: three dimensions, and integers as parameters count them (akida-model.md 1.6).</summary>
public static class AkidaTensors
{
    /// <summary>Integers that fill their bits.</summary>
    /// <param name="shape">The dimensions (X, Y, C).</param>
    /// <param name="bits">All bits of an element, the sign included.</param>
    /// <param name="signed">Whether one bit is the sign.</param>
    public static QuantizedSpec Integers(Shape shape, int bits, bool signed) =>
        Integers(shape, bits, signed, signed ? ValueRange.OfBits(bits - 1) : new ValueRange(0, (1L << bits) - 1));

    /// <summary>Integers of a narrower range.</summary>
    /// <param name="shape">The dimensions (X, Y, C).</param>
    /// <param name="bits">All bits of an element, the sign included.</param>
    /// <param name="signed">Whether one bit is the sign.</param>
    /// <param name="range">The integers that can occur.</param>
    public static QuantizedSpec Integers(Shape shape, int bits, bool signed, ValueRange range) =>
        new(shape, bits - (signed ? 1 : 0), ScalarOrVector<int>.Scalar(0), null, range) { IsSigned = signed };
}
