using System.Globalization;

namespace AkidaQuant.Text;

/// <summary>Lists names and numbers in messages: all of them where that is short, otherwise a few and how many more there are.</summary>
public static class Listing
{
    private const int MostCharacters = 500;
    private const int Few = 5;

    /// <summary>The items with commas between them.</summary>
    /// <param name="items">What is listed, in order.</param>
    /// <param name="like">A mistyped name: those that are nearest to it come first where not all are listed.</param>
    public static string Of<T>(IEnumerable<T> items, string? like = null)
    {
        List<string> left = [.. items.Select(item => Convert.ToString(item, CultureInfo.InvariantCulture) ?? string.Empty)];
        string all = string.Join(", ", left);
        if (all.Length <= MostCharacters || left.Count <= Few)
        {
            return all;
        }

        List<string> few = [];
        while (few.Count < Few && like is not null && NearestName.Of(like, left) is { } nearest)
        {
            few.Add(nearest);
            left.Remove(nearest);
        }

        int further = Few - few.Count;
        few.AddRange(left.Take(further));
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", few)} and {left.Count - further} more");
    }
}
