namespace AkidaQuant.Layers.Settings;

/// <summary>Reads and completes the settings of a layer and of its quantizers (quantize.md 6.2 and 6.4).</summary>
internal sealed class QuantizerSettings
{
    /// <summary>The widest accumulator of layers whose products share a multiplier, sign included.</summary>
    public const int ProductBufferLimit = 28;

    /// <summary>The key of the bits of a table's entries.</summary>
    public const string LutKey = SettingKeys.LutBitwidth;

    private const int DefaultLutBitwidth = 14;

    private readonly string _layer;
    private readonly QuantSettings _settings;

    /// <summary>Settings of a layer, copied; keys that the layer does not have are refused.</summary>
    public QuantizerSettings(string layer, QuantSettings? settings, params string[] keys)
    {
        _layer = layer;
        _settings = settings is null ? QuantSettings.OfLayer(layer) : QuantSettings.From(settings, layer);
        RefuseUnknown([.. keys, SettingKeys.OutputQuantizer, SettingKeys.BufferBitwidth]);
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
    public int BufferBitwidth => Value(_settings, SettingKeys.BufferBitwidth, 32);

    /// <summary>Bits of the entries of an activation's table, sign included.</summary>
    public int LutBitwidth => Value(_settings, LutKey, DefaultLutBitwidth);

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

        QuantSettings quantizer = Nested(key) ?? throw SettingKeys.Wrong(_layer, key, _settings[key], "a dictionary");
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
        bool signed = Value(settings, SettingKeys.Signed, true);
        int? axis = Value(settings, SettingKeys.Axis, (int?)-1);
        return (
            Bitwidth(settings, key, 4, signed),
            signed,
            axis,
            Value(settings, SettingKeys.FixedPoint, false));
    }

    /// <summary>A quantizer aligned on its target: the bias, or a ReLU's maximum.</summary>
    public (int Bitwidth, bool Signed) Aligned(string key, bool signed)
    {
        QuantSettings settings = Nested(key) ?? [];
        signed = signed && Value(settings, SettingKeys.Signed, true);
        return (Bitwidth(settings, key, 8, signed), signed);
    }

    /// <summary>The output quantizer with ranges of one; null when there is none.</summary>
    public OutputQuantizer? Output(int channels)
    {
        const string Key = SettingKeys.OutputQuantizer;
        if (Nested(Key) is not { Count: > 0 } settings)
        {
            return null;
        }

        bool signed = Value(settings, SettingKeys.Signed, true);
        bool perAxis = Value(settings, SettingKeys.Axis, OutputAxisRule.PerTensor) == OutputAxisRule.PerAxis;
        NdArray<float> ones = NdArray<float>.Filled(perAxis ? new Shape(channels) : Shape.Scalar, 1f);
        return new OutputQuantizer
        {
            Bitwidth = Bitwidth(settings, Key, 8, signed),
            Signed = signed,
            PerAxis = perAxis,
            ScaleBits = Value(settings, SettingKeys.ScaleBits, 8),
            BufferBitwidth = Value(settings, SettingKeys.BufferBitwidth, 32),
            RangeMax = ones,
            RescalingRate = ones,
        };
    }

    private QuantSettings? Nested(string key) => _settings[key] as QuantSettings;

    /// <summary>The bits of a quantizer, one of which is the sign where there is one.</summary>
    private int Bitwidth(QuantSettings settings, string quantizer, int defaultValue, bool signed)
    {
        int bits = Value(settings, SettingKeys.Bitwidth, defaultValue);
        return bits > 1 || !signed
            ? bits
            : throw SettingKeys.Wrong(
                _layer, $"{quantizer}.{SettingKeys.Bitwidth}", bits, "at least 2, because one bit is the sign (or set signed to false)");
    }

    private static T Value<T>(QuantSettings settings, string key, T defaultValue) =>
        settings.TryGetValue(key, out object? value) ? (T)value! : defaultValue;

    private void RefuseUnknown(string[] known)
    {
        foreach (string key in _settings.Keys)
        {
            if (!known.Contains(key))
            {
                throw SettingKeys.Unknown(_layer, null, key, known);
            }
        }
    }
}
