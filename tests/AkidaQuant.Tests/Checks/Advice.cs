using System.Collections;
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
            return Again(floating, options with { Parameters = Bits(options.Parameters, _ => 8), Config = null });
        }

        if (remedy.StartsWith("Calibrate with larger batches", StringComparison.Ordinal))
        {
            return Again(floating, options with { BatchSize = options.Samples!.Count });
        }

        QuantConfig config = Quantizer.Configuration(damaged);
        if (Setting().Match(remedy) is { Success: true } setting)
        {
            Settings(config, setting.Groups["layer"].Value, setting.Groups["key"].Value, int.Parse(setting.Groups["value"].Value));
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
            Settings(config, fewer.Groups["layer"].Value, "weight_quantizer.bitwidth", 4);
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
        InputType = change(16) < 16 && given.InputType is IntegerType.Int16 or IntegerType.UInt16 ? IntegerType.Int8 : given.InputType,
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
            QuantSettings nested = settings.TryGetValue(keys[0], out object? found) && found is IDictionary dictionary ? new(dictionary) : [];
            nested[keys[1]] = value;
            settings[keys[0]] = nested;
        }

        config[layer] = settings;
    }

    [GeneratedRegex("^(Use at most 12 bits. )?Set (?<key>[a-z_.]+) of '(?<layer>[^']+)' to (?<value>\\d+)")]
    private static partial Regex Setting();

    [GeneratedRegex("set output_quantizer.axis of the layer before it, '(?<layer>[^']+)', to 'per-tensor'")]
    private static partial Regex Axis();

    [GeneratedRegex("^Give (?<key>[a-z_.]+) of '(?<layer>[^']+)' more bits")]
    private static partial Regex More();

    [GeneratedRegex("^Give the weights of '(?<layer>[^']+)' or its inputs fewer bits")]
    private static partial Regex Fewer();
}
