using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AkidaQuant.Text;

/// <summary>
/// Reads JSON as Python writes it (tools.md 6.6): integers stay <see cref="long"/>, other numbers are
/// <see cref="double"/>, and the bare words NaN, Infinity and -Infinity are numbers.
/// </summary>
internal static class PythonJsonReader
{
    private const int MaxDepth = 64;
    private const int MostKey = 200;

    // Stands in front of the words that JSON does not have, once they are strings; Python text has no such character.
    private const char WordMark = '\0';

    private static readonly string[] Words = ["NaN", "Infinity", "-Infinity"];

    /// <summary>
    /// The value of a text: long, double, string, bool, null, <see cref="List{T}"/> or
    /// <see cref="OrderedDictionary{TKey, TValue}"/>.
    /// </summary>
    /// <exception cref="JsonException">The text is not JSON, or nested more than 64 levels deep.</exception>
    /// <exception cref="RepeatedKeyException">It gives a key twice.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static object? Parse(string text, CancellationToken cancellation = default)
    {
        using JsonDocument document = JsonDocument.Parse(QuoteWords(text), new JsonDocumentOptions { MaxDepth = MaxDepth });
        try
        {
            return Convert(document.RootElement, cancellation);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text is not valid Unicode", e);
        }
    }

    /// <summary>Where the text stops being JSON, or why it cannot be taken, as the end of a sentence.</summary>
    public static string Problem(JsonException error) => error.LineNumber is { } line
        ? string.Create(CultureInfo.InvariantCulture, $" in line {line + 1} at byte {error.BytePositionInLine + 1}")
        : $": {error.Message}";

    private static object? Convert(JsonElement element, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                PythonMap map = [];
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    string key = property.Name;
                    if (!map.TryAdd(key, Convert(property.Value, cancellation)))
                    {
                        throw new RepeatedKeyException($"the key '{key[..Math.Min(key.Length, MostKey)]}' is given twice");
                    }
                }

                return map;
            case JsonValueKind.Array:
                PythonList list = new(element.GetArrayLength());
                foreach (JsonElement item in element.EnumerateArray())
                {
                    list.Add(Convert(item, cancellation));
                }

                return list;
            case JsonValueKind.String:
                string text = element.GetString()!;
                return text.Length > 0 && text[0] == WordMark ? Word(text[1..]) : text;
            case JsonValueKind.Number:
                string number = element.GetRawText();
                return
                    number.AsSpan().IndexOfAny('.', 'e', 'E') < 0
                    && long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)
                    ? (object)integer
                    : double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    private static object Word(string word) => word switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => WordMark + word,
    };

    private static string QuoteWords(string text)
    {
        if (!text.Contains("NaN", StringComparison.Ordinal) && !text.Contains("Infinity", StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder result = new(text.Length + 64);
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (
                !inString
                && c is 'N' or 'I' or '-'
                && Array.Find(Words, word => string.CompareOrdinal(text, i, word, 0, word.Length) == 0) is { } found)
            {
                result.Append("\"\\u0000").Append(found).Append('"');
                i += found.Length - 1;
                continue;
            }

            result.Append(c);
            if (c == '"')
            {
                inString = !inString;
            }
            else if (c == '\\' && inString && i + 1 < text.Length)
            {
                result.Append(text[++i]);
            }
        }

        return result.ToString();
    }
}
