using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.House;

/// <summary>The table of a document that says which folders a folder may use: <c>| `Layers` | `Kernels/Float`, `Tensors` |</c>.</summary>
internal static partial class FolderMatrix
{
    /// <summary>The heading of the table.</summary>
    public const string Heading = "| Folder | may use |";

    /// <summary>The folders that each folder may use.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Read(IEnumerable<string> document)
    {
        Dictionary<string, IReadOnlySet<string>> rows = new(StringComparer.Ordinal);
        foreach (string line in document.SkipWhile(line => line != Heading).Skip(2).TakeWhile(line => line.StartsWith('|')))
        {
            Match row = Row().Match(line);
            HashSet<string> uses = row.Groups["use"].Captures.Select(use => use.Value).ToHashSet(StringComparer.Ordinal);
            if (!row.Success || !rows.TryAdd(row.Groups["folder"].Value, uses))
            {
                throw new FormatException($"'{line}' is no row of a folder that has none yet. Write | `Folder` | `Other`, `Another` |.");
            }
        }

        return rows.Count > 0 ? rows : throw new FormatException($"There is no table under {Heading}.");
    }

    [GeneratedRegex(@"^\| `(?<folder>[\w/]+)` \| (?:`(?<use>[\w/]+)`(?:, (?=`)| (?=\|)))*\|$")]
    private static partial Regex Row();
}
