using System.Globalization;

namespace AkidaQuant;

/// <summary>Why a quantized layer is far from the float one.</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum DamageCause : long
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>A Flatten aligns channels of ranges that lie far apart, so that the wider ones saturate (layers.md 8).</summary>
    FlattenAlignment,

    /// <summary>Channels never fire, or never fired in calibration and drag the others onto their fine steps.</summary>
    DeadChannels,

    /// <summary>Ranges far below 1: fractional bits are at most the value bits (numerics.md 2.2), so that few steps are left.</summary>
    SmallRanges,

    /// <summary>Values lie beyond the calibrated range.</summary>
    OutputSaturation,

    /// <summary>Sums pass the width of their accumulator, by themselves or times their scale.</summary>
    SumSaturation,

    /// <summary>The bias is wider than the accumulator holds, or its few bits are too coarse.</summary>
    Bias,

    /// <summary>Too few bits, or so many that sums saturate.</summary>
    Width,

    /// <summary>Rounding of many layers, none of which stands out.</summary>
    Rounding,
}

/// <summary>What calibration samples said of one quantized layer, all layers before it quantized too.</summary>
public sealed record QuantCheckRow
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the layer.</summary>
    public required string Layer { get; init; }

    /// <summary>Its class.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// The energy of the float layer's output by that of the difference, equalization undone, in decibels; 150 where there is no
    /// difference.
    /// </summary>
    public required double SignalToNoise { get; init; }

    /// <summary>The least of the layers that feed it; 150 for the input.</summary>
    public required double InputSignalToNoise { get; init; }

    /// <summary>The share of values on a bound of their range, in percent.</summary>
    public required double Saturation { get; init; }

    /// <summary>The number of channels whose integers are all 0 although the float ones are not.</summary>
    public required int DeadChannels { get; init; }

    /// <summary>The number of channels whose calibrated range is 0.</summary>
    public required int ZeroRanges { get; init; }

    /// <summary>The number of channels.</summary>
    public required int Channels { get; init; }

    /// <summary>The layer and its figure: <c>conv (QuantizedConv2D): 41.2 dB</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{Layer} ({Kind}): {SignalToNoise:0.0} dB"));
}

/// <summary>
/// How far a quantized model was from the float one when it was quantized, by some of the calibration samples; where the damage begins,
/// why, and what undoes it.
/// </summary>
public sealed record QuantCheck
{
    /// <summary>Outputs whose cosine is less are damaged.</summary>
    public const double LeastCosine = 0.98;

    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The number of samples.</summary>
    public required int Count { get; init; }

    /// <summary>Where they come from.</summary>
    public required string Source { get; init; }

    /// <summary>The cosine of the outputs of both models, all samples in one row; of several outputs the least.</summary>
    public required double Cosine { get; init; }

    /// <summary>The length of their difference by that of the float outputs; of several outputs the greatest.</summary>
    public required double RelativeError { get; init; }

    /// <summary>The same in decibels; of several outputs the least.</summary>
    public required double SignalToNoise { get; init; }

    /// <summary>The share of input values beyond the calibrated range, in percent; null where the input is not quantized.</summary>
    public double? ClampedInputs { get; init; }

    /// <summary>The layers that compute and round, in the order of the model.</summary>
    public IReadOnlyList<QuantCheckRow> Rows
    {
        get;
        init => field = new Tensors.ValueList<QuantCheckRow>([.. value]);
    }
    = [];

    /// <summary>Whether the outputs are damaged.</summary>
    public bool IsDamaged => !(Cosine >= LeastCosine);

    /// <summary>
    /// The layer where the damage begins; null where there is none, but for what <c>Measure-QuantError</c> reports, where it is the layer
    /// that loses most.
    /// </summary>
    public string? Begins { get; init; }

    /// <summary>Why.</summary>
    public DamageCause Cause { get; init; }

    /// <summary>The same as a part of a sentence; null where there is no damage.</summary>
    public string? Reason { get; init; }

    /// <summary>What undoes it; null where there is no damage.</summary>
    public string? Remedy { get; init; }

    /// <summary>What a user should know of the damage; null where there is none.</summary>
    public string? Warning => IsDamaged
        ? Printable.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"The outputs of '{Model}' are far from those of the float network: cosine {Cosine:0.000}, {Percent(RelativeError)} off, with {Count} {(Count == 1 ? "sample" : "samples")}.{Advice}"))
        : null;

    private string Advice => Begins is null ? string.Empty : $" It begins at layer '{Begins}': {Reason}. {Remedy}";

    /// <summary>One line for the outputs and one a layer, for people.</summary>
    public IEnumerable<string> Lines()
    {
        string clamped = ClampedInputs is { } share
            ? string.Create(CultureInfo.InvariantCulture, $", {share:0.00} % of the inputs clamped")
            : string.Empty;
        yield return Printable.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"Check of '{Model}' with {Count} samples: cosine {Cosine:0.0000}, relative error {RelativeError:0.0000}, {SignalToNoise:0.0} dB{clamped}."));
        string[] names = [.. Rows.Select(row => Printable.Of($"{row.Layer} ({row.Kind})"))];
        int width = names.Select(name => name.Length).DefaultIfEmpty().Max();
        foreach ((QuantCheckRow row, string name) in Rows.Zip(names))
        {
            string dead = row.DeadChannels + row.ZeroRanges == 0 ? string.Empty : string.Create(
                CultureInfo.InvariantCulture,
                $", of {row.Channels} channels {row.DeadChannels} dead, {row.ZeroRanges} never fired in calibration");
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{name.PadRight(width)} {row.SignalToNoise,6:0.0} dB, {row.Saturation,6:0.00} % saturated{dead}");
        }
    }

    /// <summary>The figures of the outputs: <c>cosine 0.9987, relative error 0.0512, 12 layers</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"cosine {Cosine:0.0000}, relative error {RelativeError:0.0000}, {Rows.Count} layers{(IsDamaged ? $", {Cause} at '{Begins}'" : string.Empty)}"));

    private static string Percent(double share) => double.IsFinite(share)
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %")
        : "infinitely";
}
