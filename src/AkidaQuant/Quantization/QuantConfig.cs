using System.Collections;
using System.Globalization;
using AkidaQuant.Text;

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
    public QuantSettings? Settings(string layer) =>
        this.GetValueOrDefault(layer) switch
        {
            null => null,
            IDictionary other => QuantSettings.From(other, layer),
            var other => throw new QuantException(
                "ConfigEntryInvalid",
                QuantErrorKind.InvalidData,
                $"The configuration of layer '{layer}' must be a dictionary, but it is '{other}'.",
                layer),
        };

    /// <summary>The text of a configuration file.</summary>
    public override string ToString() => PythonJson.ToIndented(this);
}
