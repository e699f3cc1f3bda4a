using AkidaQuant.Text;

namespace AkidaQuant.Layers.Settings;

/// <summary>The keys that settings can have, and what each takes: one rule for assigning and for quantizing (quantize.md 6.4).</summary>
internal sealed class SettingKeys
{
    /// <summary>The bits of a quantizer.</summary>
    public const string Bitwidth = "bitwidth";

    /// <summary>Whether one of them is the sign.</summary>
    public const string Signed = "signed";

    /// <summary>What has a range of its own.</summary>
    public const string Axis = "axis";

    /// <summary>Whether weights are quantized to fixed-point numbers.</summary>
    public const string FixedPoint = "fp_quantizer";

    /// <summary>The bits of quantized scales.</summary>
    public const string ScaleBits = "scale_bits";

    /// <summary>The bits of an accumulator, sign included.</summary>
    public const string BufferBitwidth = "buffer_bitwidth";

    /// <summary>The bits of a table's entries.</summary>
    public const string LutBitwidth = "lut_bitwidth";

    /// <summary>The quantizer of a layer's output.</summary>
    public const string OutputQuantizer = "output_quantizer";

    /// <summary>The quantizer of a ReLU's maximum, which has no sign.</summary>
    public const string MaxValueQuantizer = "max_value_quantizer";

    /// <summary>The widest accumulator: products with weights and scales of 16 bits then stay within 64 bits.</summary>
    public const int BufferLimit = 44;

    private static readonly SwitchRule Switch = new();
    private static readonly IntegerRule Buffer = new(8, BufferLimit);
    private static readonly IntegerRule Lut = new(2, 24);

    private readonly OrderedDictionary<string, SettingRule> _rules;

    private SettingKeys(params (string Key, SettingRule Rule)[] rules) => _rules = new OrderedDictionary<string, SettingRule>(
        rules.Select(rule => KeyValuePair.Create(rule.Key, rule.Rule)), StringComparer.Ordinal);

    /// <summary>Those of a weight quantizer.</summary>
    public static SettingKeys Weights { get; } = new(
        (Bitwidth, new IntegerRule(1, 16)), (Signed, Switch), (Axis, new WeightAxisRule()), (FixedPoint, Switch));

    /// <summary>Those of a quantizer aligned on its target: the bias, or a ReLU's maximum.</summary>
    public static SettingKeys Aligned { get; } = new((Bitwidth, new IntegerRule(1, 31)), (Signed, Switch));

    /// <summary>Those of an output quantizer.</summary>
    public static SettingKeys Output { get; } = new(
        (Bitwidth, new IntegerRule(1, 31)),
        (Signed, Switch),
        (Axis, new OutputAxisRule()),
        (ScaleBits, new IntegerRule(1, 16)),
        (BufferBitwidth, Buffer));

    /// <summary>Those of all layers; which of them a layer has, it says itself when it is quantized.</summary>
    public static SettingKeys Layer { get; } = new(
        ("weight_quantizer", new QuantizerRule(Weights)),
        ("dw_weight_quantizer", new QuantizerRule(Weights)),
        ("pw_weight_quantizer", new QuantizerRule(Weights)),
        ("a_quantizer", new QuantizerRule(Weights)),
        ("bias_quantizer", new QuantizerRule(Aligned)),
        (MaxValueQuantizer, new QuantizerRule(Aligned)),
        (OutputQuantizer, new QuantizerRule(Output)),
        (BufferBitwidth, Buffer),
        (LutBitwidth, Lut));

    /// <summary>Those of settings that are of no layer and no quantizer yet.</summary>
    public static SettingKeys Any { get; } = new(
    [
        .. Layer._rules.Select(rule => (rule.Key, rule.Value)),
        (Bitwidth, new IntegerRule(1, 31)),
        (Signed, Switch),
        (Axis, new EitherRule(new OutputAxisRule(), new WeightAxisRule())),
        (FixedPoint, Switch),
        (ScaleBits, new IntegerRule(1, 16)),
    ]);

    /// <summary>The keys, in the order in which they are shown.</summary>
    public IEnumerable<string> Names => _rules.Keys;

    /// <summary>What a key takes.</summary>
    public SettingRule this[string key] => _rules[key];

    /// <summary>The key that a word is, whatever its case; null for none.</summary>
    public string? Find(string word) =>
        _rules.ContainsKey(word) ? word : _rules.Keys.FirstOrDefault(key => key.Equals(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The axis or the sign that a quantizer has where its settings leave it out; null for one that has none to choose.</summary>
    public static object? Default(string quantizer, string key) => ((Layer[quantizer] as QuantizerRule)?.Keys, key) switch
    {
        ({ } keys, Axis) when keys == Weights => -1,
        ({ } keys, Axis) when keys == Output => OutputAxisRule.PerTensor,
        ({ }, Signed) when quantizer != MaxValueQuantizer => true,
        _ => null,
    };

    /// <summary>The error of a key that these are not.</summary>
    /// <param name="layer">The layer that the settings are of; null where they are of none yet.</param>
    /// <param name="quantizer">The quantizer of the layer; null for the layer itself.</param>
    /// <param name="word">What was given.</param>
    /// <param name="known">The keys that there are.</param>
    public static QuantException Unknown(string? layer, string? quantizer, string word, IEnumerable<string> known) =>
        new(
            "ConfigKeyUnknown",
            QuantErrorKind.InvalidData,
            $"{Subject(layer)} {(quantizer is null ? "there is" : $"'{quantizer}' has")} no key '{word}'.{NearestName.Question(word, known)} The keys are: {string.Join(", ", known)}.",
            layer);

    /// <summary>The error of a value that a key does not take.</summary>
    public static QuantException Wrong(string? layer, string path, object? found, string expected) =>
        new(
            "ConfigValueOutOfRange",
            QuantErrorKind.InvalidData,
            $"{Subject(layer)} '{path}' must be {expected}, but it is {SettingText.Of(found)}.",
            layer);

    private static string Subject(string? layer) => layer is null ? "The settings:" : $"The configuration of layer '{layer}':";
}
