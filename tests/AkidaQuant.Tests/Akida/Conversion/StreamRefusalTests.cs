using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Networks;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>What the conversion of layers that keep state refuses.</summary>
public sealed class StreamRefusalTests
{
    [Theory]
    [InlineData("AkidaRecurrentBias", "a_in")]
    [InlineData("AkidaRecurrentSubsample", "a_in")]
    [InlineData("AkidaRecurrentToken", "a_real")]
    [InlineData("AkidaRecurrentBits", "a_state")]
    [InlineData("AkidaRecurrentBuffers", "a_out")]
    public void The_conversion_names_what_is_in_the_way(string rule, string layer)
    {
        Model floating = StreamingNetworks.Sequences(11);
        Model model = StreamingNetworks
            .Quantized(floating, 11)
            .WithLayers(given =>
                (rule, given) switch
                {
                    ("AkidaRecurrentBias", QuantizedStatefulProjection { Name: "a_in" } first) => first with
                    {
                        UseBias = true,
                        Bias = NdArray<float>.Filled(new Shape(first.Units), .1f),
                    },
                    ("AkidaRecurrentSubsample", QuantizedStatefulProjection { Name: "a_in" } first) => first with { Subsample = 2 },
                    ("AkidaRecurrentSubsample", QuantizedStatefulProjection { Name: "b_out" } last) => last with { Subsample = 1 },
                    ("AkidaRecurrentToken", QuantizedExtractToken { Name: "a_real" } token) => token with
                    {
                        Selection = token.Selection with { Tokens = [1] },
                    },
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

    private static T WithBuffer<T>(T layer, int bits)
        where T : QuantizedLayer
    {
        QuantSettings settings = layer.Settings!.Clone();
        settings["buffer_bitwidth"] = bits;
        return layer with { Settings = settings };
    }
}
