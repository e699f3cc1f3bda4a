using System.Globalization;

namespace AkidaQuant.Text;

/// <summary>Writes numbers as Python does (tools.md 6.6).</summary>
public static class PythonNumber
{
    private const int LeastFixedExponent = -4;
    private const int FirstLargeExponent = 16;

    /// <summary>
    /// The shortest text that reads back as the same double, always with a fraction or an exponent: <c>0.1</c>,
    /// <c>1.0</c>, <c>1e-05</c>, <c>1e+16</c>, <c>NaN</c>, <c>-Infinity</c>.
    /// </summary>
    public static string ToText(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        (string sign, string digits, int exponent) = Split(value);
        if (exponent is < LeastFixedExponent or >= FirstLargeExponent)
        {
            string fraction = digits.Length > 1 ? $".{digits[1..]}" : string.Empty;
            string magnitude = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{magnitude}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        string padded = digits.PadRight(exponent + 2, '0');
        return $"{sign}{padded[..(exponent + 1)]}.{padded[(exponent + 1)..]}";
    }

    /// <summary>The sign, the shortest significant digits, and the power of ten of the first of them.</summary>
    private static (string Sign, string Digits, int Exponent) Split(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        string sign = text[0] == '-' ? "-" : string.Empty;
        string[] parts = text[sign.Length..].Split('E');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        string all = parts[0].Replace(".", string.Empty, StringComparison.Ordinal);
        int exponent =
            (point < 0 ? parts[0].Length : point) - 1 + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        string digits = all.TrimStart('0');
        if (digits.Length == 0)
        {
            return (sign, "0", 0);
        }

        exponent -= all.Length - digits.Length;
        string trimmed = digits.TrimEnd('0');
        return (sign, trimmed, exponent);
    }
}
