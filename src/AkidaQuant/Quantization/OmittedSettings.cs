using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Quantization;

/// <summary>
/// Says which axis and sign a layer's configuration leaves open. An entry replaces what the scheme would set as a whole (quantize.md 6.2),
/// so that what it leaves out is no longer the scheme's but falls back to a default, which is easily overlooked.
/// </summary>
internal static class OmittedSettings
{
    private static readonly string[] Keys = [SettingKeys.Axis, SettingKeys.Signed];

    /// <summary>Warns where the default is another than the scheme's value, and else says it.</summary>
    /// <param name="layer">The layer's name.</param>
    /// <param name="given">The entry of the configuration.</param>
    /// <param name="complete">The settings that the layer made of it.</param>
    /// <param name="scheme">The settings that the scheme alone would set; null for none.</param>
    /// <param name="options">Whom to tell.</param>
    public static void Say(string layer, QuantSettings given, QuantSettings complete, QuantSettings? scheme, QuantizeOptions options)
    {
        List<string> silent = [];
        foreach ((string quantizer, object? value) in complete)
        {
            if (value is not QuantSettings settings || given[quantizer] is not QuantSettings { Count: > 0 })
            {
                continue;
            }

            foreach (string key in Keys.Where(key => !settings.ContainsKey(key)))
            {
                if (SettingKeys.Default(quantizer, key) is not { } fallback)
                {
                    continue;
                }

                object? other = (scheme?[quantizer] as QuantSettings)?[key];
                if (other is null || other.Equals(fallback))
                {
                    silent.Add($"{quantizer}.{key} to {SettingText.Of(fallback)}");
                    continue;
                }

                options.Warning?.Invoke(
                    $"The configuration of layer '{layer}' leaves out '{quantizer}.{key}', which falls back to {SettingText.Of(fallback)}; the scheme alone would set {SettingText.Of(other)}. Say which one you mean.");
            }
        }

        if (silent.Count > 0)
        {
            options.Verbose?.Invoke(
                $"The configuration of layer '{layer}' leaves settings out, which fall back: {string.Join(", ", silent)}.");
        }
    }
}
