using System.Globalization;
using System.Numerics;
using System.Text;
using AkidaQuant.Checks;
using AkidaQuant.Text;

namespace AkidaQuant.Analysis;

/// <summary>What to compare of a quantized model with the float one (tools.md 2.3 and 2.4).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum QuantErrorMode : long
{
    /// <summary>Each layer by itself, with the inputs that it gets in the quantized model.</summary>
    Single,

    /// <summary>Each layer at the end of all layers before it.</summary>
    Cumulative,

    /// <summary>The weights.</summary>
    Weight,
}

/// <summary>The error of a layer, of one of its channels, or of its weights.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Mode">What was compared.</param>
/// <param name="Name">
/// The name in the table: <c>conv (QuantizedConv2D)</c>, <c>conv/weight_quantizer</c>, with <c>:1</c> and so on for channels.
/// </param>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Kind">The class of the layer, or the quantizer of the weights.</param>
/// <param name="Channel">The index of the channel, null for all together.</param>
/// <param name="Smape">The symmetric mean absolute percentage error, from 0 to 1, of values that do not saturate.</param>
/// <param name="Saturation">The share of values on a bound of their range, in percent.</param>
public sealed record QuantErrorRow(
    string Model, QuantErrorMode Mode, string Name, string Layer, string Kind, int? Channel, double Smape, double Saturation)
{
    /// <summary>The share of saturated values, in percent, above which an error says little.</summary>
    public const double MostSaturation = 60;

    /// <summary>The share of saturated sums, in percent, above which a layer is wrong, however few of its outputs saturate.</summary>
    public const double MostSumSaturation = 1;

    /// <summary>The relative error of saturated values above which they are no mere rounding.</summary>
    public const double MostSaturatedError = 0.05;

    /// <summary>
    /// The energy of the float values by that of the difference, of all values, saturated ones too, in decibels; 150 where there is no
    /// difference.
    /// </summary>
    public double SignalToNoise { get; init; } = Decibels.Most;

    /// <summary>The length of the difference by that of the float values, of all values, saturated ones too.</summary>
    public double RelativeError { get; init; }

    /// <summary>The part of <see cref="RelativeError"/> that saturated values have.</summary>
    public double SaturatedError { get; init; }

    /// <summary>
    /// The share of sums, in percent, that saturate inside of the layer, by themselves or times their scale (numerics.md 5.4); null for
    /// weights, for channels, and for layers that keep state.
    /// </summary>
    public double? SumSaturation { get; init; }

    /// <summary>Whether few enough values and sums saturate, and those that do are not far off.</summary>
    public bool IsReliable => !HasMark && !(SumSaturation > MostSumSaturation) && !(SaturatedError > MostSaturatedError);

    /// <summary>Whether the table of the reference marks the row.</summary>
    internal bool HasMark => Saturation > MostSaturation;

    /// <summary>The name in the table and the error: <c>conv (QuantizedConv2D): 0.0123</c>.</summary>
    public override string ToString() => Printable.Of($"{Name}: {QuantErrorReport.Text(Smape)}");
}

/// <summary>How far a quantized model is from the float one, row by row.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Mode">What was compared.</param>
/// <param name="Rows">The rows in the order of the model.</param>
public sealed record QuantErrorReport(string Model, QuantErrorMode Mode, ValueList<QuantErrorRow> Rows)
{
    private const string NameTitle = "Layer/node";
    private const string SmapeTitle = "SMAPE";
    private const string SaturationTitle = "Saturation (%)";
    private const int Decimals = 4;

    /// <summary>Bits of weights and of activations, as <c>8/8</c> or, where layers differ, <c>4-8/4</c>.</summary>
    public string? Bits { get; init; }

    /// <summary>The number of samples; null for weights, which need none.</summary>
    public int? Count { get; init; }

    /// <summary>Where the samples come from; null for weights, which need none.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// Both models end to end, on some of the samples: how far the outputs are off, where that begins and why; null for weights, and
    /// for a single layer.
    /// </summary>
    public QuantCheck? Check { get; init; }

    /// <summary>The layer where the error of the outputs enters; null for weights, and for a single layer.</summary>
    public string? Begins => Check?.Begins;

    /// <summary>The row with the least signal to noise.</summary>
    public QuantErrorRow? Worst => Rows.MinBy(row => row.SignalToNoise);

    /// <summary>Where the error enters, in a sentence; null for weights, and for a single layer.</summary>
    public string? Finding => Check switch
    {
        null or { Begins: null } => null,
        { Warning: { } warning } => warning,
        var check => Printable.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"The outputs are {100 * check.RelativeError:0.##} % off (cosine {check.Cosine:0.0000}). Most of that enters at layer '{check.Begins}'.")),
    };

    /// <summary>The table of tools.md 2.5.</summary>
    public override string ToString()
    {
        string[] names = [.. Rows.Select(row => Printable.Of(row.HasMark ? "*" + row.Name : row.Name))];
        int nameWidth = Math.Max(names.Max(name => name.Length), NameTitle.Length);
        int smapeWidth = Rows.Max(row => Width(SmapeTitle, row.Smape));
        int saturationWidth = Rows.Max(row => Width(SaturationTitle, row.Saturation));
        string title = Line(NameTitle, SmapeTitle, SaturationTitle);
        string rule = new string('=', title.Length - 1) + "\n";
        StringBuilder text = new();
        text.Append('\n').Append("Quantization error for ").Append(Printable.Of(Model)).Append(":\n");
        text.Append(rule).Append(title).Append(rule);
        for (int i = 0; i < names.Length; i++)
        {
            text.Append(Line(names[i], Text(Rows[i].Smape), Text(Rows[i].Saturation)));
        }

        text.Append(rule);
        if (Rows.Any(row => row.HasMark))
        {
            text.Append("* Measurement results are not reliable, as outputs saturate by more than 60%\n");
        }

        return text.ToString();

        string Line(string name, string smape, string saturation) =>
            $"{name.PadRight(nameWidth)} | {smape.PadRight(smapeWidth)} | {saturation.PadRight(saturationWidth)}\n";
    }

    /// <summary>The value with four decimals, rounded half to even on what the double holds exactly.</summary>
    internal static string Text(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        long bits = BitConverter.DoubleToInt64Bits(Math.Abs(value));
        int exponent = (int)(bits >> 52);
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (exponent == 0 ? 0 : 1L << 52);
        BigInteger scaled = mantissa * BigInteger.Pow(10, Decimals);
        int shift = Math.Max(exponent, 1) - 1075;
        BigInteger rounded = shift >= 0 ? scaled << shift : RoundHalfEven(scaled, -shift);
        string digits = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
        return $"{(double.IsNegative(value) ? "-" : string.Empty)}{digits[..^Decimals]}.{digits[^Decimals..]}";
    }

    private static BigInteger RoundHalfEven(BigInteger value, int shift)
    {
        BigInteger whole = value >> shift;
        int comparison = ((value - (whole << shift)) * 2).CompareTo(BigInteger.One << shift);
        return comparison > 0 || (comparison == 0 && !whole.IsEven) ? whole + 1 : whole;
    }

    private static int Width(string title, double value)
    {
        string text = PythonNumber.ToText(value);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        return Math.Max(title.Length, (point < 0 ? text.Length : point) + 1 + Decimals);
    }
}
