using System.Collections;
using System.Globalization;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// Brings values of any origin into the form of <see cref="LayerArguments"/>: dictionaries in their order with text keys,
/// lists, long, double, text, booleans and null.
/// </summary>
internal static class PlainTree
{
    private const int MaxDepth = 32;
    private const int MaxValues = 1_000_000;

    /// <summary>The same value in that form.</summary>
    /// <exception cref="QuantException">A value has no such form, or there are too many, too deep.</exception>
    public static object? Of(object? value, DescriptionSource source)
    {
        int count = 0;
        return Of(value, source, 0, ref count);
    }

    private static object? Of(object? value, DescriptionSource source, int depth, ref int count)
    {
        if (depth > MaxDepth || ++count > MaxValues)
        {
            throw source.Invalid(depth > MaxDepth
                ? $"is nested more than {MaxDepth} levels deep, or holds itself. Give a list of layers, each with its arguments."
                : $"holds more than {MaxValues} values. Put large arrays into the weights.");
        }

        switch (value)
        {
            case null or bool or string or long or double:
                return value;
            case sbyte or byte or short or ushort or int or uint:
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            case float number:
                return LayerArguments.Shortest(number);
            case decimal exact:
                return exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue ? (long)exact : (double)exact;
            case ulong number:
                return number <= long.MaxValue ? (long)number : (double)number;
            case char letter:
                return letter.ToString();
            case IDictionary map:
                OrderedDictionary<string, object?> copy = new(StringComparer.Ordinal);
                foreach (DictionaryEntry entry in map)
                {
                    string key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
                    if (!copy.TryAdd(key, Of(entry.Value, source, depth + 1, ref count)))
                    {
                        throw source.Invalid($"has the key '{key}' twice in one dictionary. Leave one of them out.");
                    }
                }

                return copy;
            case IEnumerable list:
                List<object?> items = [];
                foreach (object? item in list)
                {
                    items.Add(Of(item, source, depth + 1, ref count));
                }

                return items;
            default:
                throw source.Invalid(
                    "holds something else than numbers, texts, true, false, null, lists and dictionaries. Write what it stands for as one of these.");
        }
    }
}
