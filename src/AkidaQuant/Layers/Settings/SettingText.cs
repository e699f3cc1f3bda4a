using System.Collections;
using System.Globalization;

namespace AkidaQuant.Layers.Settings;

/// <summary>Says in an error what was given for a setting.</summary>
internal static class SettingText
{
    private const int MostLetters = 60;

    /// <summary>The value as one would write it; of what settings never are, only its kind.</summary>
    public static string Of(object? value) => value switch
    {
        null => "null",
        true => "true",
        false => "false",
        string text => $"'{(text.Length > MostLetters ? $"{text[..MostLetters]}..." : text)}'",
        IDictionary => "a dictionary",
        IEnumerable => "a list",
        IConvertible number when number.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal =>
            number.ToString(CultureInfo.InvariantCulture),
        _ => "no number, text, true, false, null or dictionary",
    };
}
