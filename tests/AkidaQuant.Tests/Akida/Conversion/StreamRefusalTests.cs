using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Tests.Networks;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>What layers that keep state, and their conversion, refuse.</summary>
public sealed class StreamRefusalTests
{
    private static readonly QuantizationContext Context = new(8, 32);

    [Theory]
    [InlineData("AkidaRecurrentBias", "a_in")]
    [InlineData("AkidaRecurrentSubsample", "a_in")]
    [InlineData("AkidaRecurrentToken", "a_real")]
    [InlineData("AkidaRecurrentBits", "a_state")]
    [InlineData("AkidaRecurrentBuffers", "a_out")]
    public void The_conversion_names_what_is_in_the_way(string rule, string layer)
    {
        Model floating = StreamingNetworks.Sequences(11);
        Model model = StreamingNetworks.Quantized(floating, 11).WithLayers(given => (rule, given) switch
        {
            ("AkidaRecurrentBias", QuantizedStatefulProjection { Name: "a_in" } first) => first with { UseBias = true, Bias = NdArray<float>.Filled(new Shape(first.Units), .1f) },
            ("AkidaRecurrentSubsample", QuantizedStatefulProjection { Name: "a_in" } first) => first with { Subsample = 2 },
            ("AkidaRecurrentSubsample", QuantizedStatefulProjection { Name: "b_out" } last) => last with { Subsample = 1 },
            ("AkidaRecurrentToken", QuantizedExtractToken { Name: "a_real" } token) => token with { Selection = token.Selection with { Tokens = [1] } },
            ("AkidaRecurrentBits", QuantizedStatefulRecurrent { Name: "a_state" } states) => WithBuffer(states, 30),
            ("AkidaRecurrentBuffers", QuantizedStatefulProjection { Name: "a_out" } last) => WithBuffer(last, 26),
            _ => given,
        });
        QuantException refusal = Assert.Throws<QuantException>(() => AkidaConverter.Convert(model, AkidaVersion.V2));
        Assert.Equal((rule, layer), (refusal.Id, refusal.Target));
    }

    [Fact]
    public void A_threshold_must_fit_16_bits_to_be_converted()
    {
        Model model = StreamingNetworks.Quantized(StreamingNetworks.Anomaly(12), 12)
            .WithLayers(layer => layer is QuantizedPicoPostProcessing pico ? pico with { Threshold = 70_000 } : layer);
        Assert.Equal("AkidaThresholdRange", Assert.Throws<QuantException>(() => AkidaConverter.Convert(model, AkidaVersion.V2)).Id);
    }

    [Fact]
    public void Inputs_that_are_no_frames_or_sequences_are_refused()
    {
        FloatSpec row = new(new Shape(2));
        Layer[] layers =
        [
            new BufferTempConv { Name = "layer", Filters = 1, KernelSize = 1, Kernel = new NdArray<float>(new Shape(1, 1, 2, 1), [1f, 1f]), UseBias = false },
            new DepthwiseBufferTempConv { Name = "layer", KernelSize = 1, Kernel = new NdArray<float>(new Shape(1, 2), [1f, 1f]), UseBias = false },
            new StatefulRecurrent { Name = "layer", Real = NdArray<float>.Vector([1f, 1f]), Imaginary = NdArray<float>.Vector([0f, 0f]) },
            new StatefulProjection { Name = "layer", Units = 1, Kernel = new NdArray<float>(new Shape(2, 1), [1f, 1f]), UseBias = false, Subsample = 2 },
        ];
        Assert.All(layers, layer => Assert.Equal("LayerInputMismatch", Assert.Throws<QuantException>(() => layer.Prepare([row])).Id));
        Assert.Equal(
            "LayerInputMismatch",
            Assert.Throws<QuantException>(() => new PicoPostProcessing { Name = "layer", Threshold = 1 }.Prepare([row, row])).Id);
    }

    [Fact]
    public void Factors_of_which_one_only_exceeds_1_are_refused()
    {
        StatefulRecurrent layer = new() { Name = "layer", Real = NdArray<float>.Vector([1.5f]), Imaginary = NdArray<float>.Vector([.5f]) };
        QuantException refusal = Assert.Throws<QuantException>(
            () => layer.Quantize(null, Context).Prepare([new QuantizedSpec(new Shape(4, 1), 15, ScalarOrVector<int>.Scalar(10))]));
        Assert.Equal("LayerInputMismatch", refusal.Id);
        Assert.Contains("A_imag", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void States_have_one_range_of_at_most_16_bits()
    {
        StatefulRecurrent layer = new() { Name = "layer", Real = NdArray<float>.Vector([.5f]), Imaginary = NdArray<float>.Vector([.5f]) };
        foreach (QuantSettings quantizer in (QuantSettings[])[new() { ["axis"] = "per-axis" }, new() { ["bitwidth"] = 17 }, new() { ["signed"] = false }])
        {
            QuantSettings settings = new() { ["output_quantizer"] = quantizer };
            Assert.Equal("ConfigValueOutOfRange", Assert.Throws<QuantException>(() => layer.Quantize(settings, Context)).Id);
        }
    }

    [Fact]
    public void Predictions_are_compared_with_integers_only()
    {
        QuantizedSpec prediction = new(new Shape(4, 1), 31, ScalarOrVector<int>.Scalar(3));
        QuantizedLayer layer = new PicoPostProcessing { Name = "layer", Threshold = 1 }.Quantize(null, Context);
        QuantException refusal = Assert.Throws<QuantException>(
            () => layer.Prepare([prediction, new QuantizedSpec(new Shape(4, 1), 7, ScalarOrVector<int>.Scalar(2))]));
        Assert.Equal("LayerInputMismatch", refusal.Id);
        Assert.Contains("integer input type", refusal.Message, StringComparison.Ordinal);
    }

    private static T WithBuffer<T>(T layer, int bits)
        where T : QuantizedLayer
    {
        QuantSettings settings = layer.Settings!.Clone();
        settings["buffer_bitwidth"] = bits;
        return layer with { Settings = settings };
    }
}
