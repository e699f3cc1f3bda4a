using System.Globalization;

namespace AkidaQuant.Akida.Conversion;

/// <summary>The patterns that are most like a block that has none, for the error that says so.</summary>
internal static class NearestPatterns
{
    private const int Most = 5;

    /// <summary>
    /// The few patterns that share most classes, in order, with a block; the last item says how many more there are.
    /// </summary>
    /// <param name="classes">The layer classes of the block.</param>
    /// <param name="patterns">The patterns that it could have had.</param>
    public static string[] List(Type[] classes, IEnumerable<Type[]> patterns)
    {
        string[] lines =
        [
            .. patterns
                .OrderByDescending(pattern => Shared(pattern, classes))
                .ThenBy(pattern => pattern.Length)
                .Select(pattern => string.Join(" > ", pattern.Select(type => type.Name)))
                .Distinct(StringComparer.Ordinal),
        ];
        return lines.Length > Most
            ? [.. lines.Take(Most), string.Create(CultureInfo.InvariantCulture, $"and {lines.Length - Most} more that are less like it")]
            : lines;
    }

    /// <summary>The length of the longest sequence that both have, whatever stands between.</summary>
    private static int Shared(Type[] left, Type[] right)
    {
        int[] lengths = new int[right.Length + 1];
        foreach (Type type in left)
        {
            int diagonal = 0;
            for (int i = 1; i <= right.Length; i++)
            {
                int above = lengths[i];
                lengths[i] = type == right[i - 1] ? diagonal + 1 : Math.Max(above, lengths[i - 1]);
                diagonal = above;
            }
        }

        return lengths[^1];
    }
}
