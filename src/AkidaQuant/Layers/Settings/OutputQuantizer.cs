using System.Globalization;

namespace AkidaQuant.Layers.Settings;

/// <summary>Brings accumulators to a few bits: scale, shift, round, saturate (numerics.md 5.4).</summary>
public sealed record OutputQuantizer
{
    /// <summary>Bits of the output, sign included.</summary>
    public int Bitwidth { get; init; } = 8;

    /// <summary>Whether one bit is the sign.</summary>
    public bool Signed { get; init; } = true;

    /// <summary>Whether there is a range for each channel.</summary>
    public bool PerAxis { get; init; }

    /// <summary>Bits of the mantissa of quantized scales.</summary>
    public int ScaleBits { get; init; } = 8;

    /// <summary>Value bits of the scaled accumulator.</summary>
    public int BufferBitwidth { get; init; } = 32;

    /// <summary>The calibrated range, of shape () or (channels).</summary>
    public NdArray<float> RangeMax { get; init; } = NdArray<float>.Scalar(1f);

    /// <summary>The rate by which equalization rescaled the output, of the same shape.</summary>
    public NdArray<float> RescalingRate { get; init; } = NdArray<float>.Scalar(1f);

    /// <summary>Magnitude bits of the output.</summary>
    public int ValueBits => Bitwidth - (Signed ? 1 : 0);

    /// <summary>The bits and the axis: <c>signed 8-bit per-axis</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(Signed ? "signed" : "unsigned")} {Bitwidth}-bit {(PerAxis ? "per-axis" : "per-tensor")}");
}
