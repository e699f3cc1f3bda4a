using System.Collections;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant;

/// <summary>
/// The settings of one layer, or of one of its quantizers: values by key, in order. A key or a value that settings do not have is refused
/// when it is assigned; which of the keys a layer takes it says when it is quantized.
/// </summary>
public sealed class QuantSettings : SettingDictionary
{
    private readonly string? _layer;
    private readonly string? _quantizer;
    private readonly SettingKeys _keys;

    /// <summary>No settings.</summary>
    public QuantSettings()
        : this(null, null, SettingKeys.Any)
    {
    }

    /// <summary>Settings from any dictionary, nested ones included.</summary>
    /// <exception cref="QuantException">A key is unknown, or a value is none that it takes.</exception>
    public QuantSettings(IDictionary values)
        : this() => AddAll(values);

    private QuantSettings(string? layer, string? quantizer, SettingKeys keys)
    {
        _layer = layer;
        _quantizer = quantizer;
        _keys = keys;
    }

    /// <summary>The settings of a layer from any dictionary, nested ones included.</summary>
    /// <exception cref="QuantException">A key is unknown, or a value is none that it takes.</exception>
    public static QuantSettings From(IDictionary values, string layer)
    {
        QuantSettings settings = OfLayer(layer);
        settings.AddAll(values);
        return settings;
    }

    /// <summary>A deep copy.</summary>
    public QuantSettings Clone()
    {
        QuantSettings copy = new(_layer, _quantizer, _keys);
        copy.AddAll(this);
        return copy;
    }

    /// <summary>The keys that settings of layers can have, or those of one of their quantizers; none for what is no quantizer.</summary>
    public static IReadOnlyList<string> KnownKeys(string? quantizer = null) =>
        quantizer is null ? [.. SettingKeys.Layer.Names]
        : SettingKeys.Layer.Find(quantizer) is { } key && SettingKeys.Layer[key] is QuantizerRule { Keys: var keys } ? [.. keys.Names]
        : [];

    /// <summary>No settings of a layer yet.</summary>
    internal static QuantSettings OfLayer(string layer) => new(layer, null, SettingKeys.Layer);

    /// <inheritdoc/>
    private protected override string NewKey(string key) =>
        _keys.Find(key) ?? throw SettingKeys.Unknown(_layer, _quantizer, key, _keys.Names);

    /// <inheritdoc/>
    private protected override object? Checked(string key, object? value)
    {
        SettingRule rule = _keys[key];
        if (!rule.TryRead(value, out object? read))
        {
            throw SettingKeys.Wrong(_layer, _quantizer is null ? key : $"{_quantizer}.{key}", value, rule.Expected);
        }

        if (rule is not QuantizerRule quantizer || read is not IDictionary values)
        {
            return read;
        }

        QuantSettings nested = new(_layer, key, quantizer.Keys);
        nested.AddAll(values);
        return nested;
    }
}
