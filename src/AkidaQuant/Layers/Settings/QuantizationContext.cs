namespace AkidaQuant.Layers.Settings;

/// <summary>Where a quantized layer takes what its settings leave out (quantize.md 6.4).</summary>
/// <param name="WeightBits">Bits of the weights.</param>
/// <param name="BufferBits">Bits of the accumulator, sign included.</param>
public sealed record QuantizationContext(int WeightBits, int BufferBits);
