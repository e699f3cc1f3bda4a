using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;

namespace AkidaQuant.Tests.Repair;

public sealed class IdentityAtVersion1InputTests
{
    [Theory]
    [InlineData(3, IntegerType.UInt8, "separable 8, relu, flatten, dense 4")]
    [InlineData(1, IntegerType.UInt8, "flatten, dense 12, relu, dense 4")]
    [InlineData(3, null, "depthwise 3, relu, conv 4, relu, flatten, dense 4")]
    [InlineData(3, IntegerType.UInt8, "conv 8, global, dense 4")]
    [InlineData(1, IntegerType.UInt8, "pool 2, conv 8, relu, flatten, dense 4")]
    public void First_layers_that_take_no_bytes_get_an_identity_in_front(int channels, IntegerType? type, string layers)
    {
        Model repaired = Version1Case.Check(ChainNetwork.Of(new Shape(8, 8, channels), type, layers), RepairCase.Rounding);
        Assert.IsType<Conv2D>(repaired.NodeOf("image_identity_conv").Layer);
        Assert.IsType<ReLU>(repaired.NodeOf("image_identity_conv_relu").Layer);
    }

    [Fact]
    public void Inputs_below_zero_go_on_with_both_signs()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 3), null, "separable 8, relu, flatten, dense 4");
        SampleSet samples = RandomSamples.CreateFloats(model.InputShape, 8, 5, -1, 1);
        Model repaired = Version1Case.Check(model, RepairCase.Rounding, samples);
        Assert.Equal(6, ((Conv2D)repaired.NodeOf("image_identity_conv").Layer).Filters);
    }

    [Fact]
    public void Images_of_other_channels_are_left_to_the_rule_of_the_processor()
    {
        Model model = ChainNetwork.Of(new Shape(8, 8, 4), IntegerType.UInt8, "conv 8, relu 6, flatten, dense 4");
        Model repaired = Repairer.Repair(model, new RepairOptions { Version = AkidaVersion.V1 });
        Assert.Contains("images of 1 or 3 channels", Assert.Single(repaired.Repair!.Left), StringComparison.Ordinal);
    }
}
