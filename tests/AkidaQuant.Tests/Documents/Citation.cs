using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.Documents;

/// <summary>A chapter named in a text, with the numbers that follow its name; none where the chapter as a whole is meant.</summary>
/// <param name="Chapter">The name of the chapter's file.</param>
/// <param name="Numbers">The numbers, one by one: <c>6.2 to 6.4</c> is a range, with both its ends.</param>
internal sealed partial record Citation(string Chapter, IReadOnlyList<(string First, string? Last)> Numbers)
{
    /// <summary>The citations in a text: a program, whose comments break lines behind their marks, or a page.</summary>
    public static IEnumerable<Citation> In(string text, bool isPage)
    {
        string joined = (isPage ? PageBreakPattern() : CommentBreakPattern()).Replace(text, " ");
        foreach (Match match in CitationPattern().Matches(joined))
        {
            yield return new Citation(
                match.Groups["chapter"].Value,
                [.. NumberPattern().Matches(match.Groups["numbers"].Value).Select(Number)]);
        }
    }

    /// <summary>The sections that a chapter names of itself: "section 5.2", without a chapter's name in front.</summary>
    public static IEnumerable<Citation> OfItself(string chapter, string text) =>
        SectionPattern().Matches(PageBreakPattern().Replace(text, " "))
            .Select(match => new Citation(chapter, [.. NumberPattern().Matches(match.Groups["numbers"].Value).Select(Number)]));

    /// <summary>What does not resolve, in words; empty where all does.</summary>
    public IEnumerable<string> Unresolved(IReadOnlyDictionary<string, Chapter> chapters)
    {
        if (!chapters.TryGetValue(Chapter, out Chapter? chapter))
        {
            return [$"{Chapter} is no chapter"];
        }

        return Numbers
            .Where(number => number.Last is { } last ? !chapter.HasRange(number.First, last) : !chapter.Has(number.First))
            .Select(number => number.Last is { } last
                ? $"{Chapter} has no {number.First} to {last}"
                : $"{Chapter} has no {number.First}");
    }

    private static (string First, string? Last) Number(Match match) =>
        (match.Groups["first"].Value, match.Groups["last"] is { Success: true } last ? last.Value : null);

    // Line breaks inside of a citation are blanks by now. The path that leads to a page, in a link for example, is no part of its name.
    [GeneratedRegex(
        @"(?<![\w-])(?<chapter>[a-z][a-z-]*\.md)\b[`*]{0,2}"
        + @"(?<numbers>(?:(?: *[,;] *| +)(?:(?:and|or|to|sections?) +)*\d+(?:\.\d+)*(?![\w%]))*)")]
    private static partial Regex CitationPattern();

    [GeneratedRegex(@"(?<!\.md[`*,]{0,3} )\b[Ss]ections? +(?<numbers>\d+(?:\.\d+)*(?: +(?:and|or|to) +\d+(?:\.\d+)*)*)")]
    private static partial Regex SectionPattern();

    [GeneratedRegex(@"(?<first>\d+(?:\.\d+)*)(?: +to +(?<last>\d+(?:\.\d+)*))?")]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"\n[ \t]*(?:///?|\*|#(?= ))?[ \t]*")]
    private static partial Regex CommentBreakPattern();

    // A list, a table, a heading and an empty line begin something of their own.
    [GeneratedRegex(@"\n[ \t]*(?![ \t]*(?:\n|#|\||[-*] |\d+\. ))")]
    private static partial Regex PageBreakPattern();
}
