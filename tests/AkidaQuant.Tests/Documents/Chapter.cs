using System.Globalization;
using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.Documents;

/// <summary>
/// A chapter of docs/spec and the numbers that can be cited in it: those of its headings and, below a heading, those of the
/// items of a numbered list, so that item 6 of 3.5 is 3.5.6.
/// </summary>
internal sealed partial class Chapter
{
    private readonly List<string> _numbers = [];

    private Chapter(string text)
    {
        string heading = "";
        foreach (string line in Markdown.Prose(text))
        {
            if (HeadingPattern().Match(line) is { Success: true } found)
            {
                heading = found.Groups["number"].Value;
                _numbers.Add(heading);
            }
            else if (heading.Length > 0 && ItemPattern().Match(line) is { Success: true } item)
            {
                _numbers.Add($"{heading}.{item.Groups["number"].Value}");
            }
        }
    }

    /// <summary>The chapters by the names of their files.</summary>
    public static IReadOnlyDictionary<string, Chapter> All { get; } = TextFiles.Pages
        .Where(page => page.StartsWith("docs/spec/", StringComparison.Ordinal) && page != "docs/spec/README.md")
        .ToDictionary(page => page["docs/spec/".Length..], page => new Chapter(TextFiles.Read(page)));

    /// <summary>A chapter with a text of its own.</summary>
    public static Chapter Of(string text) => new(text);

    /// <summary>Whether a number is that of a heading or of an item.</summary>
    public bool Has(string number) => _numbers.Contains(number);

    /// <summary>Whether two numbers are there, with the same digits before their last, and all between them.</summary>
    public bool HasRange(string first, string last)
    {
        (string outer, int start) = Parts(first);
        (string other, int end) = Parts(last);
        return outer == other && start < end && Enumerable.Range(start, end - start + 1).All(number => Has($"{outer}{number}"));
    }

    private static (string Outer, int Last) Parts(string number)
    {
        int dot = number.LastIndexOf('.') + 1;
        return (number[..dot], int.Parse(number.AsSpan(dot), CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^#{1,6} (?<number>\d+(\.\d+)*)\.? ")]
    private static partial Regex HeadingPattern();

    [GeneratedRegex(@"^(?<number>\d+)\. ")]
    private static partial Regex ItemPattern();
}
