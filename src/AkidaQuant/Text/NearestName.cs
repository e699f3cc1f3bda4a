namespace AkidaQuant.Text;

/// <summary>Finds the name that a mistyped word means.</summary>
public static class NearestName
{
    // Comparing takes the product of both lengths, and names from files can have any.
    private const int MostLetters = 256;

    /// <summary>
    /// The name that takes the fewest edits to reach from a word: letters put in, left out, replaced or two neighbours exchanged, whatever
    /// their case; the first of several. Null when even that one takes more than a third of the longer word's letters, and so means
    /// something else, and for words of more than 256 letters. A last part that both share, such as <c>_quantizer</c>, makes them no
    /// nearer: its letters don't count.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> names)
    {
        string? nearest = null;
        int fewest = int.MaxValue;
        foreach (string name in word.Length <= MostLetters ? names.Where(name => name.Length <= MostLetters) : [])
        {
            int most = Math.Max(1, (Math.Max(word.Length, name.Length) - SharedEnd(word, name)) / 3);
            if (Math.Abs(word.Length - name.Length) <= Math.Min(most, fewest - 1))
            {
                int edits = Edits(word.ToUpperInvariant(), name.ToUpperInvariant());
                if (edits <= most && edits < fewest)
                {
                    (nearest, fewest) = (name, edits);
                }
            }
        }

        return nearest;
    }

    /// <summary>The end of an error message: <c> Did you mean 'bitwidth'?</c>; empty when no name is near.</summary>
    public static string Question(string word, IEnumerable<string> names) =>
        Of(word, names) is { } nearest ? $" Did you mean '{nearest}'?" : string.Empty;

    /// <summary>The letters of the parts behind underscores that two words end with.</summary>
    private static int SharedEnd(string word, string name)
    {
        int shared = 0;
        for (int i = 1; i <= Math.Min(word.Length, name.Length) && char.ToUpperInvariant(word[^i]) == char.ToUpperInvariant(name[^i]); i++)
        {
            shared = word[^i] == '_' ? i : shared;
        }

        return shared;
    }

    /// <summary>The distance of Damerau and Levenshtein in which no letter is edited twice.</summary>
    private static int Edits(string from, string to)
    {
        int[] beforeLast = new int[to.Length + 1];
        int[] last = [.. Enumerable.Range(0, to.Length + 1)];
        int[] current = new int[to.Length + 1];
        for (int i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[to.Length];
    }
}
