using System.Buffers;
using System.Globalization;
using System.Text;

namespace AkidaQuant;

/// <summary>
/// Shows names that come from files: what a terminal obeys, or what changes the order or the lines of a text, is written as
/// <c>\u001b</c>. Objects and files keep the names; only what people read is escaped, and all of it here.
/// </summary>
public static class Printable
{
    // Line and paragraph separator, then the marks of direction: single ones, embeddings and overrides, isolates.
    private const string Marks = "\u2028\u2029\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069";

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl), .. Marks]);

    /// <summary>
    /// The text with each control character, line break, tab and mark of direction as <c>\u</c> and four hexadecimal digits; the same
    /// text where it has none.
    /// </summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsPlain(text))
        {
            return text;
        }

        StringBuilder shown = new();
        foreach (char letter in text)
        {
            if (Escaped.Contains(letter))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                shown.Append(letter);
            }
        }

        return shown.ToString();
    }

    /// <summary>Whether a text is shown as it is.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAny(Escaped);

    /// <summary>Whether a character is shown as it is.</summary>
    public static bool IsPlain(char letter) => !Escaped.Contains(letter);
}
