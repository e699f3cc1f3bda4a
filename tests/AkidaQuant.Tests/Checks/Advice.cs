using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Checks;

/// <summary>Does what the check of a model advises, but for Optimize-QuantModel.</summary>
internal static partial class Advice
{
    /// <summary>The float model quantized again as the first advice of the check says.</summary>
    public static Model Follow(Model damaged, Model floating, QuantizeOptions options)
    {
        string remedy = damaged.Check!.Remedy!;
        if (remedy.Contains("at most 12 bits", StringComparison.Ordinal))
        {
            return Again(floating, options with { Parameters = Bits(options.Parameters, bits => Math.Min(bits, 12)), Config = null });
        }

        if (remedy.StartsWith("Use more bits", StringComparison.Ordinal))
        {
            return Again(floating, options with { Parameters = Bits(options.Parameters, bits => bits < 8 ? 8 : 12), Config = null });
        }

        if (remedy.StartsWith("Calibrate with larger batches", StringComparison.Ordinal))
        {
            return Again(floating, options with { BatchSize = options.Samples!.Count });
        }

        QuantConfig config = Quantizer.Configuration(damaged);
        if (Setting().Matches(remedy) is { Count: > 0 } settings)
        {
            foreach (Match setting in settings)
            {
                int value = int.Parse(setting.Groups["value"].Value, CultureInfo.InvariantCulture);
                Settings(config, setting.Groups["layer"].Value, setting.Groups["key"].Value, value);
            }
        }
        else if (Axis().Match(remedy) is { Success: true } axis)
        {
            Settings(config, axis.Groups["layer"].Value, "output_quantizer.axis", "per-tensor");
        }
        else if (More().Match(remedy) is { Success: true } more)
        {
            Settings(config, more.Groups["layer"].Value, more.Groups["key"].Value, 16);
        }
        else if (Fewer().Match(remedy) is { Success: true } fewer)
        {
            Settings(config, fewer.Groups["layer"].Value, fewer.Groups["key"].Value, 4);
        }
        else
        {
            Assert.Fail($"Nothing to follow: {remedy}");
        }

        return Again(floating, options with { Config = config });
    }

    private static Model Again(Model floating, QuantizeOptions options) => Quantizer.Quantize(floating, options);

    private static QuantizationParams Bits(QuantizationParams given, Converter<int, int> change) => given with
    {
        WeightBits = change(given.WeightBits),
        InputWeightBits = change(given.InputWeightBits),
        ActivationBits = change(given.ActivationBits),
        OutputBits = change(given.OutputBits),
        InputType = change(16) == 12 && given.InputType is IntegerType.Int16 or IntegerType.UInt16 ? IntegerType.Int8 : given.InputType,
    };

    private static void Settings(QuantConfig config, string layer, string path, object value)
    {
        QuantSettings settings = ((QuantSettings)config[layer]!).Clone();
        string[] keys = path.Split('.');
        if (keys.Length == 1)
        {
            settings[keys[0]] = value;
        }
        else
        {
            bool isThere = settings.TryGetValue(keys[0], out object? found);
            QuantSettings nested = isThere && found is IDictionary dictionary ? new(dictionary) : [];
            nested[keys[1]] = value;
            settings[keys[0]] = nested;
        }

        config[layer] = settings;
    }

    [GeneratedRegex("(?<key>[a-z_.]*buffer_bitwidth) of '(?<layer>[^']+)' to (?<value>\\d+)")]
    private static partial Regex Setting();

    [GeneratedRegex("set output_quantizer.axis of the layer before it, '(?<layer>[^']+)', to 'per-tensor'")]
    private static partial Regex Axis();

    [GeneratedRegex("^Give (?<key>[a-z_.]+) of '(?<layer>[^']+)' more bits")]
    private static partial Regex More();

    [GeneratedRegex("^Give (?<key>[a-z_.]+) of '(?<layer>[^']+)' fewer bits")]
    private static partial Regex Fewer();
}
