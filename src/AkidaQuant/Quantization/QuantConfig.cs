using System.Collections;
using System.Globalization;
using AkidaQuant.Formats;

namespace AkidaQuant;

/// <summary>
/// The quantization settings of a model by layer name, in the reference's terms (quantize.md 6.4). Edited like
/// nested dictionaries: <c>config["relu"]["output_quantizer"]["bitwidth"] = 4</c>.
/// </summary>
public sealed class QuantConfig : OrderedDictionary<string, object?>
{
    /// <summary>An empty configuration.</summary>
    public QuantConfig()
        : base(StringComparer.Ordinal)
    {
    }

    /// <summary>A configuration from any nested dictionaries: hashtables, ordered ones, what a file gave.</summary>
    /// <exception cref="QuantException">A value is neither a number, a text, a boolean, null nor a dictionary.</exception>
    public static QuantConfig From(IDictionary values)
    {
        QuantConfig config = [];
        foreach (DictionaryEntry entry in values)
        {
            string name = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? string.Empty;
            config[name] = entry.Value is IDictionary settings
                ? QuantSettings.From(settings, name)
                : throw new QuantException(
                    "ConfigEntryInvalid",
                    QuantErrorKind.InvalidData,
                    $"The configuration of layer '{name}' must be a dictionary such as {{ weight_quantizer: {{ bitwidth: 8 }} }}, but it is '{entry.Value ?? "null"}'.",
                    name);
        }

        return config;
    }

    /// <summary>The settings of a layer, copied, whatever dictionaries they were given as; null when there are none.</summary>
    /// <exception cref="QuantException">The entry is not a dictionary, or a value is of a type that settings do not have.</exception>
    public QuantSettings? Settings(string layer) => this.GetValueOrDefault(layer) switch
    {
        null => null,
        IDictionary other => QuantSettings.From(other, layer),
        var other => throw new QuantException(
            "ConfigEntryInvalid", QuantErrorKind.InvalidData, $"The configuration of layer '{layer}' must be a dictionary, but it is '{other}'.", layer),
    };

    /// <summary>The text of a configuration file.</summary>
    public override string ToString() => PythonJson.ToIndented(this);
}

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
