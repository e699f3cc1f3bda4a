using System.Collections;
using System.Globalization;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// Brings values of any origin into the form of <see cref="LayerArguments"/>: dictionaries in their order with text keys,
/// lists, long, double, text, booleans and null.
/// </summary>
internal sealed class PlainTree
{
    private const int MaxDepth = 32;
    private const int MaxValues = 1_000_000;

    private readonly DescriptionSource _source;

    // The keys and places from the network, or the layer, to the value at hand.
    private readonly List<object> _path = [];
    private readonly bool _isLayer;
    private int _count;

    private PlainTree(DescriptionSource source, bool isLayer)
    {
        _source = source;
        _isLayer = isLayer;
    }

    /// <summary>The same value in that form.</summary>
    /// <param name="value">The value: a network, or a layer alone.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="isLayer">Whether it is a layer alone.</param>
    /// <exception cref="QuantException">A value has no such form, or there are too many, too deep.</exception>
    public static object? Of(object? value, DescriptionSource source, bool isLayer = false) => new PlainTree(source, isLayer).Of(value);

    private object? Of(object? value)
    {
        if (_path.Count > MaxDepth || ++_count > MaxValues)
        {
            throw _source.Invalid(_path.Count > MaxDepth
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
                    if (!copy.TryAdd(key, At(key, entry.Value)))
                    {
                        throw _source.Invalid($"has the key '{key}' twice in one dictionary. Leave one of them out.");
                    }
                }

                return copy;
            case IEnumerable list:
                List<object?> items = [];
                foreach (object? item in list)
                {
                    items.Add(At(items.Count, item));
                }

                return items;
            default:
                throw Wrong(value);
        }
    }

    private object? At(object step, object? value)
    {
        _path.Add(step);
        object? plain = Of(value);
        _path.RemoveAt(_path.Count - 1);
        return plain;
    }

    private QuantException Wrong(object value)
    {
        const string Wanted = "a number, text, true, false, null, a list or a dictionary";
        string found = value is Model model ? $"the model '{DescriptionSource.Shorten(model.Name)}'" : "something else";
        if (!_isLayer && _path is not [DescriptionKeys.Layers, int, ..])
        {
            return _source.Invalid(_path.Count == 0
                ? $"must be a dictionary with 'input_shape' and 'layers', but it is {found}."
                : $"has '{Key(_path)}' that must be {Wanted}, but it is {found}. Write what it stands for as one of these.");
        }

        (int number, List<object> path) = _isLayer ? (DescriptionSource.Alone, _path) : ((int)_path[1] + 1, _path[2..]);
        string? className = path is [string first, ..] ? first : null;
        return path.Count < 2
            ? _source.OfLayer("LayerEntryInvalid", number, className, className is null
                ? $"it is {found}. {LayerEntryReader.Form}"
                : $"its arguments must be a dictionary, but they are {found}. {LayerEntryReader.Form}")
            : _source.OfLayer(
                "LayerArgumentInvalid",
                number,
                className,
                $"'{Key(path[1..])}' must be {Wanted}, but it is {found}. Write what it stands for as one of these.");
    }

    /// <summary>The keys one behind the other; places in lists, which are seldom long, count from 1.</summary>
    private static string Key(IEnumerable<object> path) => DescriptionSource.Shorten(
        string.Join('.', path.Select(step => step is int place ? (place + 1).ToString(CultureInfo.InvariantCulture) : (string)step)));
}
