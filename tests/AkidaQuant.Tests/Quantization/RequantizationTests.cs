using System.Globalization;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Quantization;

/// <summary>What the tutorial promises: a quantized model with a complete configuration is quantized anew.</summary>
public sealed class RequantizationTests(ITestOutputHelper output)
{
    private static readonly VectorCase Tutorial = VectorCase.Open("tutorial_1_params");

    private static Model Floating => Tutorial.ReadModel("float.h5");

    private static QuantizeOptions Options =>
        Tutorial.Options(Tutorial.ReadModel("quantized.h5")) with
        {
            Samples = Tutorial.Samples("samples.npz"),
        };

    private static QuantConfig Other => QuantConfigFile.Read(VectorCase.Open("tutorial_2_partial_config").PathOf("config.json"));

    [Fact]
    public void A_complete_configuration_gives_the_integers_of_quantizing_the_float_model_with_it()
    {
        Model quantized = Quantizer.Quantize(Floating, Options);
        Model again = Quantizer.Quantize(quantized, Options with { Parameters = null, Config = Other });
        Model direct = Quantizer.Quantize(Floating, Options with { Config = Other });
        AssertSame(direct, again);
        Assert.NotEqual(Outputs(quantized), Outputs(again));
    }

    [Fact]
    public void Its_own_configuration_gives_the_same_model_as_often_as_wanted()
    {
        Model quantized = Quantizer.Quantize(Floating, Options);
        Model other = Quantizer.Quantize(quantized, Options with { Parameters = null, Config = Other });
        Model back = Quantizer.Quantize(other, Options with { Parameters = null, Config = Quantizer.Configuration(quantized) });
        AssertSame(quantized, back);
    }

    [Fact]
    public void A_trip_through_a_file_keeps_the_outputs_within_one_step()
    {
        Model again = Quantizer.Quantize(Tutorial.ReadModel("quantized.h5"), Options with { Parameters = null, Config = Other });
        Model direct = Quantizer.Quantize(Floating, Options with { Config = Other });
        Assert.Equal(QuantConfigFile.ToJson(Other), QuantConfigFile.ToJson(Quantizer.Configuration(again)));
        float steps = OutputSteps.Largest(direct, Outputs(again), Outputs(direct));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"outputs within {steps:0.000} steps"));
        Assert.InRange(steps, 0f, 1f);
    }

    [Fact]
    public void The_float_source_is_the_rewritten_float_model_and_stays_with_its_model()
    {
        VectorCase digits = VectorCase.Open("digits_ds_cnn");
        Model floating = digits.ReadModel("float.h5");
        Model quantized = Quantizer.Quantize(
            floating,
            new QuantizeOptions { Samples = digits.Samples("samples.npz").Slice(0, 8), BatchSize = 8 });
        Model source = Assert.IsType<Model>(quantized.FloatSource);
        Assert.Same(source, Quantizer.FloatSource(quantized));
        Model rewritten = Sanitizer.Run(floating);
        Assert.Equal(rewritten.Nodes.Select(node => node.Name), source.Nodes.Select(node => node.Name));
        Assert.Equal(
            OutputSteps.Outputs(rewritten, digits.Samples("inputs.npz")),
            OutputSteps.Outputs(source, digits.Samples("inputs.npz")));
        Assert.Same(source, quantized.WithLayers(layer => layer).FloatSource);
        Assert.Null(floating.FloatSource);
        Assert.Same(floating, Quantizer.FloatSource(floating));

        Shape smaller = new(14, 14, 1);
        Assert.Equal(smaller, quantized.WithInputShape(smaller).FloatSource!.InputShape);
    }

    [Fact]
    public void A_configuration_that_lacks_layers_or_settings_is_refused_with_what_it_lacks()
    {
        Model quantized = Quantizer.Quantize(Floating, Options);
        QuantConfig config = Quantizer.Configuration(quantized);
        config.Remove("dw_conv");
        config["dense"] = new QuantSettings();
        ((QuantSettings)config["relu"]!).Remove("buffer_bitwidth");
        ((QuantSettings)config["pw_conv"]!).Remove("weight_quantizer");
        QuantException error = Assert.Throws<QuantException>(() => Quantizer.Quantize(quantized, Options with { Config = config }));
        Assert.Equal("RequantizeConfigIncomplete", error.Id);
        Assert.Contains(
            "'dw_conv', 'pw_conv' (weight_quantizer), 'relu' (buffer_bitwidth), 'dense'.",
            error.Message,
            StringComparison.Ordinal);

        error = Assert.Throws<QuantException>(() => Quantizer.Quantize(quantized, Options));
        Assert.Contains("'input_conv', 'dw_conv', 'pw_conv', 'relu', 'dense'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_without_an_output_quantizer_takes_it_away()
    {
        VectorCase vectors = VectorCase.Open("last_output_bits_8");
        Model quantized = vectors.ReadModel("quantized.h5");
        QuantizeOptions options = new()
        {
            Config = Quantizer.Configuration(quantized),
            Samples = vectors.Samples("samples.npz"),
            BatchSize = 32,
        };
        string last = quantized[quantized.Outputs[0]].Inputs[0];
        Assert.NotNull(((QuantizedLayer)Quantizer.Quantize(quantized, options)[last].Layer).OutputQuantizer);
        ((QuantSettings)options.Config[last]!).Remove("output_quantizer");
        Assert.Null(((QuantizedLayer)Quantizer.Quantize(quantized, options)[last].Layer).OutputQuantizer);
    }

    [Theory]
    [InlineData("float_input_int16")]
    [InlineData("float_input_int8")]
    [InlineData("float_input_uint8_per_tensor")]
    public void The_input_keeps_its_quantizer_unless_other_parameters_are_given(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model quantized = vectors.ReadModel("quantized.h5");
        InputQuantizer before = quantized.GraphLayers.OfType<InputQuantizer>().Single();
        QuantizeOptions options = new()
        {
            Config = Quantizer.Configuration(quantized),
            Samples = vectors.Samples("samples.npz"),
            BatchSize = 32,
        };
        InputQuantizer after = Quantizer.Quantize(quantized, options).GraphLayers.OfType<InputQuantizer>().Single();
        Assert.Equal((before.Bitwidth, before.Signed, before.PerAxis), (after.Bitwidth, after.Signed, after.PerAxis));

        QuantizationParams parameters = new() { InputType = IntegerType.UInt16, PerTensorActivations = !before.PerAxis };
        after = Quantizer.Quantize(quantized, options with { Parameters = parameters }).GraphLayers.OfType<InputQuantizer>().Single();
        Assert.Equal((16, false, before.PerAxis), (after.Bitwidth, after.Signed, after.PerAxis));
    }

    [Fact]
    public void A_model_that_is_quantized_in_part_stays_so_unless_the_configuration_says_more()
    {
        VectorCase vectors = VectorCase.Open("quantize_until_r0");
        Model quantized = vectors.ReadModel("quantized.h5");
        QuantConfig config = Quantizer.Configuration(quantized);
        QuantizeOptions options = new() { Config = config, Samples = vectors.Samples("samples.npz"), BatchSize = 32 };
        Model again = Quantizer.Quantize(quantized, options);
        Assert.Equal(quantized.Nodes.Select(node => node.Layer.ClassName), again.Nodes.Select(node => node.Layer.ClassName));

        QuantConfig whole = Quantizer.Preview(vectors.ReadModel("float.h5"), new QuantizeOptions());
        Assert.True(whole.Count > config.Count);
        AssertConfig(whole, Quantizer.Quantize(quantized, options with { Config = whole }));

        string next = whole.Keys.First(name => !config.ContainsKey(name));
        config[next] = whole[next];
        QuantException error = Assert.Throws<QuantException>(() => Quantizer.Quantize(quantized, options));
        Assert.Equal("RequantizeConfigIncomplete", error.Id);
    }

    [Fact]
    public void A_rate_that_no_layer_took_up_is_refused()
    {
        Model broken = Tutorial.ReadModel("quantized.h5").WithLayers(layer => layer is QuantizedReLU { OutputQuantizer: { } quantizer } relu
            ? relu with { OutputQuantizer = quantizer with { RescalingRate = NdArray<float>.Scalar(-0.5f) } }
            : layer);
        QuantException error = Assert.Throws<QuantException>(() => Quantizer.Quantize(broken, Options with { Config = Other }));
        Assert.Equal("FloatSourceUnknown", error.Id);
        Assert.Equal("relu", error.Target);
    }

    private static void AssertSame(Model expected, Model actual)
    {
        AssertConfig(Quantizer.Configuration(expected), actual);
        foreach ((Layer left, Layer right) in expected.GraphLayers.Zip(actual.GraphLayers))
        {
            Assert.Equal(left.Variables.Select(variable => variable.Name), right.Variables.Select(variable => variable.Name));
            Assert.Equal(
                left.Variables.SelectMany(variable => variable.Value.Values),
                right.Variables.SelectMany(variable => variable.Value.Values));
        }

        Assert.Equal(Outputs(expected), Outputs(actual));
    }

    private static void AssertConfig(QuantConfig expected, Model actual) =>
        Assert.Equal(QuantConfigFile.ToJson(expected), QuantConfigFile.ToJson(Quantizer.Configuration(actual)));

    private static float[] Outputs(Model model) => OutputSteps.Outputs(model, Tutorial.Samples("inputs.npz"));
}
