using System.Collections;
using System.Globalization;
using System.Text;

namespace AkidaQuant.Text;

/// <summary>
/// Writes nested dictionaries and lists as YAML, a line an entry. Lists of numbers and texts stand in their line, and so do the entries of
/// a list when they hold nothing else.
/// </summary>
internal static class YamlWriter
{
    private const int IndentSize = 2;
    private const int MaxDepth = 32;

    /// <summary>The text of a dictionary; an empty one is <c>{}</c>.</summary>
    /// <exception cref="ArgumentException">A value is neither a number, text, boolean, null, list nor a dictionary.</exception>
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
                case IEnumerable list and not string when !IsFlat(list):
                    text.Append('\n');
                    WriteItems(text, list, depth + 1);
                    break;
                case IEnumerable list and not string:
                    text.Append(' ');
                    WriteInLine(text, list);
                    text.Append('\n');
                    break;
                default:
                    text.Append(' ').Append(Scalar(entry.Value)).Append('\n');
                    break;
            }
        }
    }

    /// <summary>The entries of a list, each a line but dictionaries that hold others.</summary>
    private static void WriteItems(StringBuilder text, IEnumerable list, int depth)
    {
        foreach (object? item in list)
        {
            text.Append(' ', IndentSize * depth).Append("- ");
            if (item is IDictionary map && map.Values.Cast<object?>().Any(value => value is IDictionary inner && !IsFlat(inner)))
            {
                // The first entry stands behind the dash, which is as wide as an indentation.
                StringBuilder block = new();
                WriteEntries(block, map, depth + 1);
                text.Append(block, IndentSize * (depth + 1), block.Length - (IndentSize * (depth + 1)));
            }
            else
            {
                WriteItem(text, item);
                text.Append('\n');
            }
        }
    }

    /// <summary>A dictionary of one entry without braces, anything else as in a line.</summary>
    private static void WriteItem(StringBuilder text, object? item)
    {
        if (item is IDictionary { Count: 1 } map)
        {
            foreach (DictionaryEntry entry in map)
            {
                text.Append(Text(entry.Key.ToString() ?? string.Empty)).Append(": ");
                WriteInLine(text, entry.Value);
            }
        }
        else
        {
            WriteInLine(text, item);
        }
    }

    private static void WriteInLine(StringBuilder text, object? value)
    {
        bool isFirst = true;
        switch (value)
        {
            case IDictionary { Count: 0 }:
                text.Append("{}");
                break;
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                {
                    text.Append(isFirst ? "{ " : ", ").Append(Text(entry.Key.ToString() ?? string.Empty)).Append(": ");
                    WriteInLine(text, entry.Value);
                    isFirst = false;
                }

                text.Append(" }");
                break;
            case IEnumerable list and not string:
                text.Append('[');
                foreach (object? item in list)
                {
                    text.Append(isFirst ? string.Empty : ", ");
                    WriteInLine(text, item);
                    isFirst = false;
                }

                text.Append(']');
                break;
            default:
                text.Append(Scalar(value));
                break;
        }
    }

    /// <summary>Whether a value fits into a line: no dictionary is in it, or in a list in it.</summary>
    private static bool IsFlat(IEnumerable values) =>
        (values is IDictionary map ? map.Values : values).Cast<object?>().All(value =>
            value is not IEnumerable nested || value is string || (value is not IDictionary && IsFlat(nested)));

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
