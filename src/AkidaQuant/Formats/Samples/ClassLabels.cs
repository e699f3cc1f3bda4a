using System.Globalization;

namespace AkidaQuant.Formats.Samples;

/// <summary>Collects labels that are written as text: class numbers, or names of classes that are numbered in their order.</summary>
internal sealed class ClassLabels
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<int> _found = [];

    /// <summary>How many labels there are.</summary>
    public int Count => _found.Count;

    /// <summary>Adds the label of the next sample.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(text, out int number))
        {
            number = _numbers.Count;
            lookup[text] = number;
        }

        _found.Add(number);
    }

    /// <summary>The class of each sample: the numbers themselves when all are, else positions in the sorted names.</summary>
    /// <param name="classes">The names of the classes, null when they are numbers.</param>
    public int[] ToLabels(out string[]? classes)
    {
        int[] meaning = new int[_numbers.Count];
        bool areNumbers = true;
        foreach ((string text, int number) in _numbers)
        {
            areNumbers &= TryParse(text, out meaning[number]);
        }

        classes = null;
        if (!areNumbers)
        {
            classes = [.. _numbers.Keys.Order(StringComparer.Ordinal)];
            for (int i = 0; i < classes.Length; i++)
            {
                meaning[_numbers[classes[i]]] = i;
            }
        }

        return [.. _found.Select(number => meaning[number])];
    }

    /// <summary>Whether a text is a class number; <c>5.0</c> is, as tables often have it.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out int number)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }

        bool isInteger = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value == Math.Floor(value) && Math.Abs(value) < int.MaxValue;
        number = isInteger ? (int)value : 0;
        return isInteger;
    }
}
