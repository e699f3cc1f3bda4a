using System.Globalization;

namespace AkidaQuant;

/// <summary>A part of an Akida model, for people: its integers, or what runs behind them.</summary>
/// <param name="Model">The Akida model.</param>
/// <param name="Name">The name of the part.</param>
/// <param name="Kind">
/// <c>Integer</c> for layers of Akida, <c>Float</c> for those in float on the host, <c>Host</c> where some on the host are quantized.
/// </param>
/// <param name="Layers">The number of its layers.</param>
/// <param name="InputShape">The dimensions of what it takes for one sample: <c>(28, 28, 1)</c>.</param>
/// <param name="OutputShape">The dimensions of what it gives for one sample.</param>
/// <param name="Bytes">What it hands on for one sample, in bytes of float32.</param>
public sealed record AkidaPart(string Model, string Name, string Kind, int Layers, string InputShape, string OutputShape, long Bytes)
{
    /// <summary>The part and what it gives: <c>net (Integer, 7 layers): (10,)</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture, $"{Name} ({Kind}, {(Layers == 1 ? "1 layer" : $"{Layers} layers")}): {OutputShape}"));
}
