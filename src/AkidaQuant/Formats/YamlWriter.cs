using System.Collections;
using System.Globalization;
using System.Text;
using AkidaQuant.Text;

namespace AkidaQuant.Formats;

/// <summary>Writes nested dictionaries as YAML, a line an entry.</summary>
internal static class YamlWriter
{
    private const int IndentSize = 2;
    private const int MaxDepth = 32;

    /// <summary>The text of a dictionary; an empty one is <c>{}</c>.</summary>
    /// <exception cref="ArgumentException">A value is neither a number, text, boolean, null nor a dictionary.</exception>
    public static string Write(IDictionary map)
    {
        if (map.Count == 0)
        {
            return "{}\n";
        }

        StringBuilder text = new();
        WriteEntries(text, map, 0);
        return text.ToString();
    }

    private static void WriteEntries(StringBuilder text, IDictionary map, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"The values are nested more than {MaxDepth} levels deep.", nameof(map));
        }

        foreach (DictionaryEntry entry in map)
        {
            text.Append(' ', IndentSize * depth).Append(Text(entry.Key.ToString() ?? string.Empty)).Append(':');
            switch (entry.Value)
            {
                case IDictionary { Count: 0 }:
                    text.Append(" {}\n");
                    break;
                case IDictionary nested:
                    text.Append('\n');
                    WriteEntries(text, nested, depth + 1);
                    break;
                default:
                    text.Append(' ').Append(Scalar(entry.Value)).Append('\n');
                    break;
            }
        }
    }

    private static string Scalar(object? value) =>
        value switch
        {
            null => "null",
            bool flag => flag ? "true" : "false",
            string text => Text(text),
            double number => Number(number),
            float number => Number(number),
            sbyte or byte or short or ushort or int or uint or long or ulong => ((IFormattable)value).ToString(
                null,
                CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"A {value.GetType()} has no place in a configuration.", nameof(value)),
        };

    private static string Number(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
        }

        // Readers of YAML 1.1 take an exponent for a number only behind a point.
        string text = PythonNumber.ToText(number);
        int exponent = text.IndexOf('e', StringComparison.Ordinal);
        return exponent < 0 || text.Contains('.', StringComparison.Ordinal) ? text : $"{text[..exponent]}.0{text[exponent..]}";
    }

    private static string Text(string text)
    {
        bool isPlain =
            text.Length > 0
            && char.IsAsciiLetter(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
            && YamlTree.Resolve(text) is string
            && !IsWord(text);
        if (isPlain)
        {
            return text;
        }

        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                < ' ' or '\x7f' or '\x85' or '\u2028' or '\u2029' or '\ufeff' => quoted
                    .Append("\\u")
                    .Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Whether readers of YAML 1.1 take the text for a boolean.</summary>
    private static bool IsWord(string text) => text.ToLowerInvariant() is "yes" or "no" or "on" or "off" or "y" or "n";
}
