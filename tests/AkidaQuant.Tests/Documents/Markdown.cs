using System.Text;
using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.Documents;

/// <summary>What the tests of documents read in pages of Markdown.</summary>
internal static partial class Markdown
{
    /// <summary>The lines of a page outside of its fenced blocks; those inside, and the fences, are empty.</summary>
    public static IEnumerable<string> Prose(string page)
    {
        bool fenced = false;
        foreach (string line in page.Split('\n'))
        {
            bool fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            fenced ^= fence;
            yield return fenced || fence ? "" : line;
        }
    }

    /// <summary>What stands in backquotes on a page, outside of its fenced blocks.</summary>
    public static IEnumerable<string> Quoted(string page) =>
        BackquotePattern().Matches(string.Join('\n', Prose(page))).Select(match => match.Groups["text"].Value.ReplaceLineEndings(" "));

    /// <summary>The targets of a page's links.</summary>
    public static IEnumerable<string> Links(string page)
    {
        string prose = BackquotePattern().Replace(string.Join('\n', Prose(page)), "");
        return LinkPattern().Matches(prose).Select(match => match.Groups["target"].Value);
    }

    /// <summary>The anchors that a page's headings have where pages are shown: small letters, digits and hyphens.</summary>
    public static IEnumerable<string> Anchors(string page)
    {
        foreach (string line in Prose(page).Where(line => HeadingPattern().IsMatch(line)))
        {
            StringBuilder anchor = new();
            foreach (char letter in line.TrimStart('#').Trim().ToLowerInvariant())
            {
                if (char.IsLetterOrDigit(letter) || letter is '-' or '_')
                {
                    anchor.Append(letter);
                }
                else if (letter == ' ')
                {
                    anchor.Append('-');
                }
            }

            yield return anchor.ToString();
        }
    }

    [GeneratedRegex(@"(?<ticks>`+)(?<text>[^`]+)\k<ticks>")]
    private static partial Regex BackquotePattern();

    [GeneratedRegex(@"\]\(\s*<?(?<target>[^)\s>]+)>?(?:\s+""[^""]*"")?\s*\)|^\[[^\]]+\]:\s*(?<target>\S+)", RegexOptions.Multiline)]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"^#{1,6} ")]
    private static partial Regex HeadingPattern();
}
