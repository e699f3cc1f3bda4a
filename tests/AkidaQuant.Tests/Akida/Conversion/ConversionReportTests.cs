using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Akida.Conversion;

public sealed class ConversionReportTests
{
    [Fact]
    public void Each_block_says_what_it_became_and_what_was_skipped()
    {
        List<string> said = [];
        Model model = Networks.Chain(
            Networks.Image(),
            Networks.Conv("conv"),
            new QuantizedDropout { Name = "dropout", Rate = 0.5 },
            Networks.Relu("relu"),
            new Dequantizer { Name = "dequantizer" });
        AkidaConverter.Convert(model, AkidaVersion.V2, tell: said.Add);
        Assert.Equal("'dropout' (QuantizedDropout) was skipped: it does nothing but in training.", said[0]);
        Assert.StartsWith(
            "'conv' (QuantizedConv2D), 'relu' (QuantizedReLU) became 'conv' (InputConv2D) with ", said[1], StringComparison.Ordinal);
        Assert.Contains("weights_bits 8", said[1], StringComparison.Ordinal);
        Assert.StartsWith("'dequantizer' (Dequantizer) became 'dequantizer' (Dequantizer)", said[2], StringComparison.Ordinal);
        Assert.Equal(3, said.Count);
    }
}
