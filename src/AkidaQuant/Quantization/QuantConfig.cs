using System.Collections;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant;

/// <summary>
/// The quantization settings of a model by layer name, in the reference's terms (quantize.md 6.4). Edited like
/// nested dictionaries: <c>config["relu"]["output_quantizer"]["bitwidth"] = 4</c>. A layer is found by its name, or else by the only one
/// that differs in case; whether a model has it shows when the model is quantized.
/// </summary>
public sealed class QuantConfig : SettingDictionary
{
    /// <summary>An empty configuration.</summary>
    public QuantConfig()
    {
    }

    /// <summary>A configuration from any nested dictionaries: hashtables, ordered ones, what a file gave.</summary>
    /// <exception cref="QuantException">An entry is no dictionary, a key is unknown, or a value is none that it takes.</exception>
    public QuantConfig(IDictionary values) => AddAll(values);

    /// <summary>A configuration from any nested dictionaries: hashtables, ordered ones, what a file gave.</summary>
    /// <exception cref="QuantException">An entry is no dictionary, a key is unknown, or a value is none that it takes.</exception>
    public static QuantConfig From(IDictionary values) => new(values);

    /// <summary>The settings of the layer of exactly this name, copied; null when there are none.</summary>
    public QuantSettings? Settings(string layer) => (Exactly(layer) as QuantSettings)?.Clone();

    /// <summary>A deep copy.</summary>
    public QuantConfig Clone() => new(this);

    /// <inheritdoc/>
    private protected override string NewKey(string key) => key;

    /// <inheritdoc/>
    private protected override object? Checked(string key, object? value) =>
        value is IDictionary settings
            ? QuantSettings.From(settings, key)
            : throw new QuantException(
                "ConfigEntryInvalid",
                QuantErrorKind.InvalidData,
                $"The configuration of layer '{key}' must be a dictionary such as {{ weight_quantizer: {{ bitwidth: 8 }} }}, but it is {SettingText.Of(value)}.",
                key);
}
