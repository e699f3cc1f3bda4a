namespace AkidaQuant.Tests.House;

/// <summary>Finds what uses itself by way of others.</summary>
internal static class Circles
{
    /// <summary>The first and shortest way from a folder back to itself, as <c>a -> b -> a</c>; null when there is none.</summary>
    public static string? First(IEnumerable<(string From, string To)> arrows)
    {
        ILookup<string, string> targets = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To, StringComparer.Ordinal);
        return targets.Select(group => From(group.Key, targets)).Where(way => way is not null).MinBy(way => way!.Length) is { } found
            ? string.Join(" -> ", found) : null;
    }

    private static string[]? From(string start, ILookup<string, string> targets)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Queue<string[]> ways = new([[start]]);
        while (ways.TryDequeue(out string[]? way))
        {
            foreach (string next in targets[way[^1]])
            {
                if (next == start)
                {
                    return [.. way, next];
                }

                if (seen.Add(next))
                {
                    ways.Enqueue([.. way, next]);
                }
            }
        }

        return null;
    }
}
