using System.Globalization;
using AkidaQuant.Execution;

namespace AkidaQuant.Layers.Integers;

/// <summary>
/// Brings accumulators to fewer bits: times a factor, times a power of two, rounded half towards +infinity, saturated
/// (onnx.md 8, <c>scaleOut</c>).
/// </summary>
/// <param name="Factors">The factor of each channel, none negative; null for none.</param>
/// <param name="Shifts">The exponent of each channel: a shift to the left when positive, to the right when negative.</param>
public sealed record IntegerRescaling(int[]? Factors, int[] Shifts)
{
    /// <summary>Wide enough that no product is ever saturated.</summary>
    private const int ProductBits = 62;

    /// <summary>The number of channels: <c>factors and shifts of 16 channels</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Factors is null ? "shifts" : "factors and shifts")} of {Shifts.Length} channels");

    /// <summary>Makes this the next step of a tail.</summary>
    /// <param name="tail">The tail.</param>
    /// <param name="range">The integers to saturate to.</param>
    internal void AddTo(LayerTail tail, ValueRange range) => tail.AddScaling(Factors, Shifts, ProductBits, range);
}
