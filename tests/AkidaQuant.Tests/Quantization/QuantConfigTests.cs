using System.Collections;
using AkidaQuant.Formats;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

public class QuantConfigTests
{
    [Fact]
    public void A_dictionary_that_holds_itself_is_refused()
    {
        Hashtable settings = [];
        settings["output_quantizer"] = settings;
        Assert.Equal("ConfigValueInvalid", Assert.Throws<QuantException>(() => QuantConfig.From(new Hashtable { ["conv"] = settings })).Id);

        QuantSettings own = [];
        own["output_quantizer"] = own;
        QuantConfig config = new() { ["conv"] = own };
        Assert.Equal("ConfigValueInvalid", Assert.Throws<QuantException>(() => config.Settings("conv")).Id);
        Assert.Equal("ConfigValueInvalid", Assert.Throws<QuantException>(() => QuantConfigFile.ToJson(config)).Id);
        Assert.Equal("ConfigValueInvalid", Assert.Throws<QuantException>(() => QuantConfigFile.ToYaml(config)).Id);
    }

    [Fact]
    public void Any_dictionary_and_any_integer_may_be_assigned_to_a_setting()
    {
        var model = Small.Chain(
            Small.Input(IntegerType.Int8, 4, 4, 2),
            Small.Convolution("conv", 2, 3),
            new AkidaQuant.Layers.ReLU { Name = "relu" },
            Small.Convolution("last", 3, 2));
        QuantizeOptions options = new() { Samples = RandomSamples.Create(model.InputShape, 4, IntegerType.Int8, 1) };
        QuantConfig config = Quantizer.Preview(model, options);
        ((QuantSettings)config["relu"]!)["output_quantizer"] = new Hashtable { ["bitwidth"] = 4L, ["signed"] = false };
        var quantized = Quantizer.Quantize(model, options with { Config = config });
        Assert.Equal(4, ((AkidaQuant.Layers.QuantizedReLU)quantized["relu"].Layer).OutputQuantizer!.Bitwidth);
    }

    [Fact]
    public void A_value_that_is_no_setting_is_not_written()
    {
        QuantConfig config = new() { ["conv"] = new QuantSettings { ["buffer_bitwidth"] = DateTime.UnixEpoch } };
        Assert.Equal("ConfigValueInvalid", Assert.Throws<QuantException>(() => QuantConfigFile.ToJson(config)).Id);
    }
}
