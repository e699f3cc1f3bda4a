using System.Collections;
using System.Globalization;
using System.Text;

namespace AkidaQuant.Text;

/// <summary>Writes JSON as Python's <c>json.dumps</c> does, character for character (tools.md 6.6 and 8).</summary>
public static class PythonJson
{
    private const int IndentSize = 4;
    private const int MaxDepth = 64;

    /// <summary>The text on one line, as in model files.</summary>
    /// <param name="value">A number, text, boolean, null, list or dictionary, nested at will.</param>
    /// <exception cref="ArgumentException">A value is of another type, or nested more than 64 levels deep.</exception>
    public static string ToLine(object? value) => ToText(value, indented: false);

    /// <summary>The text with one item a line and an indentation of 4, as in configuration files; without a final newline.</summary>
    /// <param name="value">A number, text, boolean, null, list or dictionary, nested at will.</param>
    /// <exception cref="ArgumentException">A value is of another type, or nested more than 64 levels deep.</exception>
    public static string ToIndented(object? value) => ToText(value, indented: true);

    private static string ToText(object? value, bool indented)
    {
        StringBuilder text = new();
        Write(text, value, indented, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, bool indented, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"The values are nested more than {MaxDepth} levels deep.", nameof(value));
        }

        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case string content:
                WriteText(text, content);
                break;
            case double number:
                text.Append(PythonNumber.ToText(number));
                break;
            case float number:
                text.Append(PythonNumber.ToText(number));
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong:
                text.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case IDictionary map:
                WriteItems(text, '{', '}', Entries(map), indented, depth);
                break;
            case IEnumerable list:
                WriteItems(text, '[', ']', list.Cast<object?>().Select(item => ((string?)null, item)), indented, depth);
                break;
            default:
                throw new ArgumentException($"A {value.GetType()} has no form in JSON.", nameof(value));
        }
    }

    private static IEnumerable<(string? Key, object? Value)> Entries(IDictionary map)
    {
        // Generic dictionaries give entries only to this form of enumeration.
        foreach (DictionaryEntry entry in map)
        {
            yield return (entry.Key.ToString(), entry.Value);
        }
    }

    private static void WriteItems(
        StringBuilder text,
        char open,
        char close,
        IEnumerable<(string? Key, object? Value)> items,
        bool indented,
        int depth)
    {
        text.Append(open);
        bool isFirst = true;
        foreach ((string? key, object? value) in items)
        {
            if (!isFirst)
            {
                text.Append(indented ? "," : ", ");
            }

            isFirst = false;
            if (indented)
            {
                text.Append('\n').Append(' ', IndentSize * (depth + 1));
            }

            if (key is not null)
            {
                WriteText(text, key);
                text.Append(": ");
            }

            Write(text, value, indented, depth + 1);
        }

        if (indented && !isFirst)
        {
            text.Append('\n').Append(' ', IndentSize * depth);
        }

        text.Append(close);
    }

    private static void WriteText(StringBuilder text, string content)
    {
        text.Append('"');
        foreach (char c in content)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\f' => text.Append("\\f"),
                '\b' => text.Append("\\b"),
                >= ' ' and <= '~' => text.Append(c),
                _ => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
            };
        }

        text.Append('"');
    }
}
