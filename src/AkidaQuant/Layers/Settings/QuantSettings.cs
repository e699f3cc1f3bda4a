using System.Collections;
using System.Globalization;
using AkidaQuant.Text;

namespace AkidaQuant;

/// <summary>The settings of one layer, or of one of its quantizers: values by key, in order.</summary>
public sealed class QuantSettings : OrderedDictionary<string, object?>
{
    private const int MaxDepth = 16;

    /// <summary>No settings.</summary>
    public QuantSettings()
        : base(StringComparer.Ordinal)
    {
    }

    /// <summary>Settings from any dictionary, nested ones included; integers become int, numbers double.</summary>
    /// <exception cref="QuantException">A value is of a type that settings do not have, or nested too deep.</exception>
    public static QuantSettings From(IDictionary values, string layer) => From(values, layer, 0);

    private static QuantSettings From(IDictionary values, string layer, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new QuantException(
                "ConfigValueInvalid",
                QuantErrorKind.InvalidData,
                $"The configuration of layer '{layer}' is nested more than {MaxDepth} levels deep. Settings are dictionaries of numbers, texts and booleans, two levels deep.",
                layer);
        }

        QuantSettings settings = [];
        foreach (DictionaryEntry entry in values)
        {
            string key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            settings[key] = entry.Value switch
            {
                null or bool or string or int => entry.Value,
                IDictionary nested => From(nested, layer, depth + 1),
                long number when number is >= int.MinValue and <= int.MaxValue => (int)number,
                sbyte or byte or short or ushort => Convert.ToInt32(entry.Value, CultureInfo.InvariantCulture),
                float or double or decimal => Convert.ToDouble(entry.Value, CultureInfo.InvariantCulture),
                var other => throw new QuantException(
                    "ConfigValueInvalid",
                    QuantErrorKind.InvalidData,
                    $"The configuration of layer '{layer}': '{key}' must be a number, a text, true, false, null or a dictionary, but it is a {other.GetType().Name}.",
                    layer),
            };
        }

        return settings;
    }

    /// <summary>A deep copy.</summary>
    public QuantSettings Clone()
    {
        QuantSettings copy = [];
        foreach ((string key, object? value) in this)
        {
            copy[key] = value is QuantSettings nested ? nested.Clone() : value;
        }

        return copy;
    }

    /// <summary>The text as in a configuration file.</summary>
    public override string ToString() => PythonJson.ToIndented(this);
}
