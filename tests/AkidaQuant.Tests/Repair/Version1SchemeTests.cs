using AkidaQuant.Akida.Conversion;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;

namespace AkidaQuant.Tests.Repair;

public sealed class Version1SchemeTests
{
    private const string Network = "conv 8, relu 6, flatten, dense 4";

    [Fact]
    public void A_network_keeps_the_scheme_and_is_quantized_with_it_where_none_is_given()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, Network);
        Model repaired = Version1Case.Check(model);
        Assert.Equal(
            new QuantizationParams { ActivationBits = 4, WeightBits = 4, InputWeightBits = 8, PerTensorActivations = true },
            repaired.Input.Scheme);
        Assert.Equal("AkidaV1ActivationBits", Assert.Single(repaired.Repair!.Changes).Rule);
        Model quantized = Quantizer.Quantize(repaired, new QuantizeOptions { Samples = Version1Case.Samples(model) });
        Assert.Equal(2, AkidaConverter.Convert(quantized, AkidaVersion.V1).Layers.Count);
    }

    [Fact]
    public void A_scheme_that_is_given_leaves_a_network_that_converts_as_it_is()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, Network);
        QuantizationParams scheme = new() { ActivationBits = 2, WeightBits = 4, InputWeightBits = 4, PerTensorActivations = true };
        Assert.Same(model, Repairer.Repair(model, new RepairOptions { Version = AkidaVersion.V1, Parameters = scheme }));
    }

    [Theory]
    [InlineData(IntegerType.UInt8)]
    [InlineData(null)]
    public void Rows_of_images_stay_images_for_the_first_layer(IntegerType? type)
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 1), type, "flatten, dense 6, relu 6, dense 4");
        Version1Case.Check(model);
    }

    [Fact]
    public void Other_versions_ask_for_no_scheme()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, Network);
        Assert.Same(model, Repairer.Repair(model, new RepairOptions()));
    }
}
