using System.Collections;
using System.Collections.Specialized;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

public class QuantConfigTests
{
    [Fact]
    public void A_dictionary_that_holds_itself_is_refused()
    {
        Hashtable settings = [];
        settings["output_quantizer"] = settings;
        Assert.Equal("ConfigKeyUnknown", Assert.Throws<QuantException>(() => QuantConfig.From(new Hashtable { ["conv"] = settings })).Id);
    }

    [Fact]
    public void What_is_assigned_is_copied()
    {
        QuantSettings own = [];
        own["output_quantizer"] = new Hashtable();
        Hashtable given = new() { ["bitwidth"] = 4 };
        own["output_quantizer"] = given;
        QuantConfig config = new() { ["a"] = own, ["b"] = own };
        given["bitwidth"] = 5;
        Quantizer(own)["bitwidth"] = 6;
        Quantizer(config["a"])["bitwidth"] = 7;
        Assert.Equal([6, 7, 4], new[] { own, config["a"], config["b"] }.Select(settings => Quantizer(settings)["bitwidth"]));
    }

    [Fact]
    public void Any_dictionary_and_any_integer_may_be_assigned_to_a_setting()
    {
        (Model model, QuantizeOptions options) = Chain();
        QuantConfig config = AkidaQuant.Quantization.Quantizer.Preview(model, options);
        ((QuantSettings)config["relu"]!)["output_quantizer"] = new Hashtable { ["bitwidth"] = 4L, ["signed"] = false };
        Model quantized = AkidaQuant.Quantization.Quantizer.Quantize(model, options with { Config = config });
        Assert.Equal(4, ((QuantizedReLU)quantized["relu"].Layer).OutputQuantizer!.Bitwidth);
    }

    [Fact]
    public void A_key_is_found_exactly_or_by_the_only_one_that_differs_in_case()
    {
        QuantConfig config = From(("relu", "buffer_bitwidth", 20), ("Conv", "buffer_bitwidth", 21), ("conv", "buffer_bitwidth", 22));
        Assert.Equal(20, ((QuantSettings)config["RELU"]!)["Buffer_Bitwidth"]);
        Assert.Equal([21, 22, null], new[] { "Conv", "conv", "CONV" }.Select(name => (config[name] as QuantSettings)?["buffer_bitwidth"]));
        Assert.True(config.Contains("ReLU"));
        Assert.False(config.Contains("CONV"));
        Assert.False(config.Remove("CONV"));
        config["RELU"] = new Hashtable { ["BUFFER_BITWIDTH"] = 30, ["Output_Quantizer"] = new Hashtable { ["BitWidth"] = 4 } };
        Assert.Equal(["relu", "Conv", "conv"], config.Keys);
        Assert.Equal(["buffer_bitwidth", "output_quantizer"], ((QuantSettings)config["relu"]!).Keys.Order());
        Assert.True(config.Remove("ReLU"));
        Assert.Equal(["Conv", "conv"], config.Keys);
        Assert.Null(config.Settings("CONV"));
    }

    [Theory]
    [InlineData("bitwith", "bitwidth")]
    [InlineData("axes", "axis")]
    [InlineData("sined", "signed")]
    [InlineData("scalebits", "scale_bits")]
    public void An_unknown_key_is_refused_with_the_nearest_one(string key, string nearest)
    {
        QuantConfig config = new() { ["relu"] = new Hashtable { ["output_quantizer"] = new Hashtable { ["bitwidth"] = 4 } } };
        QuantException error = Assert.Throws<QuantException>(() => Quantizer(config["relu"])[key] = 4);
        Assert.Equal(("ConfigKeyUnknown", "relu"), (error.Id, error.Target));
        Assert.Contains($"'output_quantizer' has no key '{key}'. Did you mean '{nearest}'?", error.Message, StringComparison.Ordinal);
        Assert.Equal(["bitwidth"], Quantizer(config["relu"]).Keys);
    }

    [Fact]
    public void A_key_of_another_quantizer_is_refused()
    {
        Hashtable quantizers = new() { ["weight_quantizer"] = new Hashtable(), ["bias_quantizer"] = new Hashtable() };
        QuantConfig config = new() { ["conv"] = quantizers };
        var layer = (QuantSettings)config["conv"]!;
        Assert.Equal("ConfigKeyUnknown", Refused(() => ((QuantSettings)layer["weight_quantizer"]!)["scale_bits"] = 8));
        Assert.Equal("ConfigKeyUnknown", Refused(() => ((QuantSettings)layer["bias_quantizer"]!)["axis"] = -1));
        Assert.Equal("ConfigKeyUnknown", Refused(() => layer["bitwidth"] = 8));
        Assert.Equal("ConfigKeyUnknown", Refused(() => config["x"] = new QuantSettings { ["bitwidth"] = 8 }));
        Assert.Equal("ConfigEntryInvalid", Refused(() => config["x"] = 8));
        Assert.Equal("ConfigEntryInvalid", Refused(() => config["x"] = null));
        Assert.Equal("ConfigKeyTwice", Refused(() => config.Add("conv", new Hashtable())));
        Assert.Equal(["conv"], config.Keys);
    }

    public static TheoryData<string, object?, object?> Values() => new()
    {
        { "bitwidth", "8", 8 },
        { "bitwidth", " 8 ", 8 },
        { "bitwidth", 8.0, 8 },
        { "bitwidth", (byte)8, 8 },
        { "scale_bits", 16m, 16 },
        { "signed", "False", false },
        { "axis", "Per-Axis", "per-axis" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_converted(string key, object? given, object? expected)
    {
        QuantConfig config = new() { ["a"] = new Hashtable { ["output_quantizer"] = new Hashtable() } };
        Quantizer(config["a"])[key] = given;
        Assert.Equal(expected, Quantizer(config["a"])[key]);
    }

    [Theory]
    [InlineData("bitwidth", 99)]
    [InlineData("bitwidth", 0)]
    [InlineData("bitwidth", "eight")]
    [InlineData("bitwidth", "8.5")]
    [InlineData("bitwidth", 8.5)]
    [InlineData("bitwidth", true)]
    [InlineData("bitwidth", null)]
    [InlineData("bitwidth", double.NaN)]
    [InlineData("signed", 1)]
    [InlineData("signed", null)]
    [InlineData("axis", "per-chanel")]
    [InlineData("axis", -1)]
    [InlineData("scale_bits", 17)]
    [InlineData("buffer_bitwidth", 45)]
    public void A_value_that_a_key_does_not_take_is_refused(string key, object? value)
    {
        QuantConfig config = new() { ["a"] = new Hashtable { ["output_quantizer"] = new Hashtable() } };
        QuantException error = Assert.Throws<QuantException>(() => Quantizer(config["a"])[key] = value);
        Assert.Equal(("ConfigValueOutOfRange", "a"), (error.Id, error.Target));
        Assert.Contains($"'output_quantizer.{key}' must be ", error.Message, StringComparison.Ordinal);
        Assert.Empty(Quantizer(config["a"]));
    }

    [Fact]
    public void An_error_names_no_type()
    {
        QuantConfig config = new() { ["a"] = new Hashtable() };
        foreach (object value in (object[])[new Hashtable(), new[] { 1 }, DateTime.UnixEpoch, new Version(1, 0)])
        {
            QuantException error = Assert.Throws<QuantException>(() => ((QuantSettings)config["a"]!)["buffer_bitwidth"] = value);
            Assert.DoesNotContain(value.GetType().Name, error.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void A_clone_is_deep_and_keeps_its_text_and_its_checks()
    {
        (Model model, QuantizeOptions options) = Chain();
        QuantConfig config = AkidaQuant.Quantization.Quantizer.Preview(model, options);
        string text = config.ToString();
        QuantConfig clone = config.Clone();
        Assert.Equal(text, clone.ToString());
        Quantizer(clone["relu"])["bitwidth"] = 3;
        clone.Remove("last");
        Assert.Equal(text, config.ToString());
        Assert.Equal("ConfigValueOutOfRange", Refused(() => Quantizer(clone["relu"])["bitwidth"] = 99));
    }

    [Fact]
    public void Entries_can_be_removed_while_they_are_enumerated()
    {
        OrderedDictionary given = new() { ["b"] = new Hashtable(), ["a"] = new Hashtable(), ["c"] = new Hashtable() };
        QuantConfig config = new(given);
        Assert.Equal(["b", "a", "c"], config.Keys);
        foreach (string name in config.Keys)
        {
            config.Remove(name);
        }

        Assert.Empty(config);
        config = new QuantConfig(given);
        foreach (DictionaryEntry entry in (IDictionary)config)
        {
            ((IDictionary)config).Remove(entry.Key);
        }

        Assert.Empty(config);
    }

    [Fact]
    public void A_layer_takes_the_entry_whose_name_differs_in_case()
    {
        (Model model, QuantizeOptions options) = Chain();
        QuantConfig config = From(("LAST", "buffer_bitwidth", 24));
        Model quantized = AkidaQuant.Quantization.Quantizer.Quantize(model, options with { Config = config });
        Assert.Equal(24, ((QuantizedLayer)quantized["last"].Layer).Settings!["buffer_bitwidth"]);
        config = From(("last", "buffer_bitwidth", 24), ("LAST", "buffer_bitwidth", 25));
        options = options with { Config = config };
        Assert.Equal("ConfigLayerUnknown", Refused(() => AkidaQuant.Quantization.Quantizer.Preview(model, options)));
    }

    [Fact]
    public void An_unknown_layer_is_refused_with_the_nearest_one()
    {
        (Model model, QuantizeOptions options) = Chain();
        QuantException error = Assert.Throws<QuantException>(
            () => AkidaQuant.Quantization.Quantizer.Preview(model, options with { Config = From(("rellu", "buffer_bitwidth", 24)) }));
        Assert.Equal("ConfigLayerUnknown", error.Id);
        Assert.Contains("Did you mean 'relu'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_and_falls_back_is_said()
    {
        (Model model, QuantizeOptions options) = Chain();
        List<string> verbose = [];
        List<string> warnings = [];
        options = options with { Verbose = verbose.Add, Warning = warnings.Add };
        QuantConfig scheme = AkidaQuant.Quantization.Quantizer.Preview(model, options);
        Assert.Equal("per-axis", Quantizer(scheme["relu"])["axis"]);
        warnings.Clear();
        verbose.Clear();
        QuantConfig config = new()
        {
            ["relu"] = new Hashtable { ["output_quantizer"] = new Hashtable { ["bitwidth"] = 4, ["signed"] = false } },
            ["last"] = new Hashtable { ["weight_quantizer"] = new Hashtable { ["bitwidth"] = 4, ["axis"] = -1 } },
        };
        AkidaQuant.Quantization.Quantizer.Preview(model, options with { Config = config });
        string warning = Assert.Single(warnings, message => message.Contains("leaves out", StringComparison.Ordinal));
        Assert.Contains("'relu' leaves out 'output_quantizer.axis', which falls back to 'per-tensor'", warning, StringComparison.Ordinal);
        Assert.Contains("would set 'per-axis'", warning, StringComparison.Ordinal);
        string said = Assert.Single(verbose, message => message.Contains("fall back", StringComparison.Ordinal));
        Assert.Contains("'last'", said, StringComparison.Ordinal);
        Assert.EndsWith("weight_quantizer.signed to true.", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sign_needs_a_second_bit()
    {
        QuantSettings settings = new() { ["output_quantizer"] = new Hashtable { ["bitwidth"] = 1 } };
        Assert.Equal("ConfigValueOutOfRange", Refused(() => new QuantizerSettings("a", settings).Output(1)));
        Quantizer(settings)["signed"] = false;
        Assert.Equal(1, new QuantizerSettings("a", settings).Output(1)!.Bitwidth);
    }

    private static QuantSettings Quantizer(object? layer) => (QuantSettings)((QuantSettings)layer!)["output_quantizer"]!;

    private static string Refused(Action action) => Assert.Throws<QuantException>(action).Id;

    private static QuantConfig From(params (string Layer, string Key, int Value)[] entries)
    {
        QuantConfig config = [];
        foreach ((string layer, string key, int value) in entries)
        {
            config.Add(layer, new Hashtable { [key] = value });
        }

        return config;
    }

    private static (Model Model, QuantizeOptions Options) Chain()
    {
        Model model = Small.Chain(
            Small.Input(IntegerType.Int8, 4, 4, 2),
            Small.Convolution("conv", 2, 3),
            new ReLU { Name = "relu" },
            Small.Convolution("last", 3, 2));
        return (model, new QuantizeOptions { Samples = RandomSamples.Create(model.InputShape, 4, IntegerType.Int8, 1) });
    }
}
