using System.Globalization;

namespace AkidaQuant.Layers.Settings;

/// <summary>Reads and completes the settings of a layer and of its quantizers (quantize.md 6.2 and 6.4).</summary>
internal sealed class QuantizerSettings
{
    /// <summary>The widest accumulator of layers whose products share a multiplier, sign included.</summary>
    private const int ProductBufferLimit = 28;

    /// <summary>The widest accumulator: products with weights and scales of 16 bits then stay within 64 bits.</summary>
    private const int BufferLimit = 44;

    /// <summary>The key of the bits of a table's entries.</summary>
    public const string LutKey = "lut_bitwidth";

    private const int DefaultLutBitwidth = 14;

    private readonly string _layer;
    private readonly QuantSettings _settings;

    /// <summary>Settings of a layer, copied; keys that the layer does not have are refused.</summary>
    public QuantizerSettings(string layer, QuantSettings? settings, params string[] keys)
    {
        _layer = layer;
        _settings = settings?.Clone() ?? [];
        RefuseUnknown(_settings, string.Empty, [.. keys, "output_quantizer", "buffer_bitwidth"]);
    }

    /// <summary>Settings of a layer with one kernel and a bias.</summary>
    public static QuantizerSettings OfKernel(string layer, QuantSettings? settings) =>
        new(layer, settings, "weight_quantizer", "bias_quantizer");

    /// <summary>Refuses settings for a layer that has none.</summary>
    public static void RefuseAny(string layer, QuantSettings? settings)
    {
        if (settings is { Count: > 0 })
        {
            throw new QuantException(
                "ConfigKeyUnknown",
                QuantErrorKind.InvalidData,
                $"The configuration has an entry for layer '{layer}', which has no settings. Remove the entry.",
                layer);
        }
    }

    /// <summary>The settings, completed so far.</summary>
    public QuantSettings Settings => _settings;

    /// <summary>Bits of the accumulator, sign included.</summary>
    public int BufferBitwidth => Integer(_settings, string.Empty, "buffer_bitwidth", 32, 8, BufferLimit);

    /// <summary>Bits of the entries of an activation's table, sign included.</summary>
    public int LutBitwidth => Integer(_settings, string.Empty, LutKey, DefaultLutBitwidth, 2, 24);

    /// <summary>Completes the bits of a table's entries.</summary>
    public QuantizerSettings CompleteTable()
    {
        _settings.TryAdd(LutKey, DefaultLutBitwidth);
        return this;
    }

    /// <summary>Completes the weight quantizer, whose axis some layers force.</summary>
    public QuantizerSettings CompleteWeights(int weightBits, string key = "weight_quantizer", (int? Axis, bool Forced) axis = default)
    {
        _settings.TryAdd(key, new QuantSettings { ["bitwidth"] = weightBits });

        QuantSettings quantizer = Nested(key) ?? throw Wrong(key, _settings.GetValueOrDefault(key), "a dictionary");
        if (axis.Forced)
        {
            quantizer["axis"] = axis.Axis;
        }

        return this;
    }

    /// <summary>Sets a quantizer whose settings are missing as a whole.</summary>
    public QuantizerSettings CompleteQuantizer(string key, QuantSettings settings)
    {
        if (!_settings.ContainsKey(key))
        {
            _settings[key] = settings;
        }

        return this;
    }

    /// <summary>Completes the accumulator's width.</summary>
    public QuantizerSettings CompleteBuffer(int bufferBits, bool limited)
    {
        if (!_settings.ContainsKey("buffer_bitwidth"))
        {
            _settings["buffer_bitwidth"] = bufferBits;
        }

        if (limited)
        {
            _settings["buffer_bitwidth"] = Math.Min(ProductBufferLimit, BufferBitwidth);
        }

        return this;
    }

    /// <summary>The weight quantizer.</summary>
    public (int Bitwidth, bool Signed, int? Axis, bool FixedPoint) Weights(string key = "weight_quantizer")
    {
        QuantSettings settings = Nested(key) ?? [];
        RefuseUnknown(settings, key, ["bitwidth", "signed", "axis", "fp_quantizer"]);
        bool signed = Boolean(settings, key, "signed", true);
        int? axis = settings.TryGetValue("axis", out object? value)
            ? value switch
            {
                null => null,
                int number when number is >= -4 and <= 3 => number,
                var other => throw Wrong($"{key}.axis", other, "null, -1 or another axis of the weights"),
            }
            : -1;
        return (Integer(settings, key, "bitwidth", 4, signed ? 2 : 1, 16), signed, axis, Boolean(settings, key, "fp_quantizer", false));
    }

    /// <summary>A quantizer aligned on its target: the bias, or a ReLU's maximum.</summary>
    public (int Bitwidth, bool Signed) Aligned(string key, bool signed)
    {
        QuantSettings settings = Nested(key) ?? [];
        RefuseUnknown(settings, key, ["bitwidth", "signed"]);
        signed = signed && Boolean(settings, key, "signed", true);
        return (Integer(settings, key, "bitwidth", 8, signed ? 2 : 1, 31), signed);
    }

    /// <summary>The output quantizer with ranges of one; null when there is none.</summary>
    public OutputQuantizer? Output(int channels)
    {
        const string Key = "output_quantizer";
        if (Nested(Key) is not { Count: > 0 } settings)
        {
            return null;
        }

        RefuseUnknown(settings, Key, ["bitwidth", "signed", "axis", "scale_bits", "buffer_bitwidth"]);
        bool signed = Boolean(settings, Key, "signed", true);
        bool perAxis = settings.GetValueOrDefault("axis", "per-tensor") switch
        {
            "per-tensor" => false,
            "per-axis" => true,
            var other => throw Wrong($"{Key}.axis", other, "'per-tensor' or 'per-axis'"),
        };
        NdArray<float> ones = NdArray<float>.Filled(perAxis ? new Shape(channels) : Shape.Scalar, 1f);
        return new OutputQuantizer
        {
            Bitwidth = Integer(settings, Key, "bitwidth", 8, signed ? 2 : 1, 31),
            Signed = signed,
            PerAxis = perAxis,
            ScaleBits = Integer(settings, Key, "scale_bits", 8, 1, 16),
            BufferBitwidth = Integer(settings, Key, "buffer_bitwidth", 32, 8, BufferLimit),
            RangeMax = ones,
            RescalingRate = ones,
        };
    }

    private QuantSettings? Nested(string key) => _settings.GetValueOrDefault(key) switch
    {
        null or false => null,
        QuantSettings settings => settings,
        var other => throw Wrong(key, other, "a dictionary"),
    };

    private int Integer(QuantSettings settings, string parent, string key, int defaultValue, int least, int most) =>
        settings.TryGetValue(key, out object? value)
            ? value is int number && number >= least && number <= most
                ? number
                : throw Wrong(Path(parent, key), value, string.Create(CultureInfo.InvariantCulture, $"an integer from {least} to {most}"))
            : defaultValue;

    private bool Boolean(QuantSettings settings, string parent, string key, bool defaultValue) =>
        settings.TryGetValue(key, out object? value)
            ? value as bool? ?? throw Wrong(Path(parent, key), value, "true or false")
            : defaultValue;

    private void RefuseUnknown(QuantSettings settings, string parent, string[] known)
    {
        foreach (string key in settings.Keys)
        {
            if (!known.Contains(key))
            {
                throw new QuantException(
                    "ConfigKeyUnknown",
                    QuantErrorKind.InvalidData,
                    $"The configuration of layer '{_layer}' has the key '{Path(parent, key)}', which this layer does not know. It knows: {string.Join(", ", known)}.",
                    _layer);
            }
        }
    }

    private static string Path(string parent, string key) => parent.Length == 0 ? key : $"{parent}.{key}";

    private QuantException Wrong(string path, object? found, string expected) =>
        new(
            "ConfigValueOutOfRange",
            QuantErrorKind.InvalidData,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The configuration of layer '{_layer}': '{path}' must be {expected}, but it is {found ?? "null"}."),
            _layer);
}
