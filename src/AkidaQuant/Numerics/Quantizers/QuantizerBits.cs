namespace AkidaQuant.Numerics.Quantizers;

/// <summary>The width of a quantizer (numerics.md 5.1).</summary>
internal static class QuantizerBits
{
    /// <summary>The magnitude bits of <paramref name="bitwidth"/> bits: one fewer when one is the sign.</summary>
    /// <exception cref="QuantException">
    /// BitwidthOutOfRange: fewer than 2 bits signed or 1 unsigned, or more than 31 magnitude bits.
    /// </exception>
    public static int ValueBits(int bitwidth, bool signed)
    {
        int least = signed ? 2 : 1;
        int most = signed ? 32 : 31;
        return bitwidth >= least && bitwidth <= most
            ? bitwidth - (signed ? 1 : 0)
            : throw new QuantException(
                "BitwidthOutOfRange",
                QuantErrorKind.InvalidArgument,
                $"A {(signed ? "signed" : "unsigned")} quantizer takes from {least} to {most} bits, but its bitwidth is {bitwidth}. Change the bitwidth in the configuration.");
    }
}
