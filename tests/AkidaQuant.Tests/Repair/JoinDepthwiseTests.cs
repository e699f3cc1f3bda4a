using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Repair;

public sealed class JoinDepthwiseTests
{
    [Theory]
    [InlineData("rescale 0.00392, conv 8 3 2, relu 6, depthwise 3, relu 6, conv 12 1, relu 6, depthwise 3 2, relu 6, flatten, dense 4")]
    [InlineData("conv 8, relu, depthwise 5, relu, depthwise 3 1, relu, flatten, dense 4")]
    public void Depthwise_convolutions_get_an_identity_behind_and_change_no_bit(string layers)
    {
        Model repaired = Version1Case.Check(ChainNetwork.Of(new Shape(12, 12, 3), IntegerType.UInt8, layers));
        Assert.DoesNotContain(repaired.GraphLayers, layer => layer is DepthwiseConv2D);
        SeparableConv2D[] separable = [.. repaired.GraphLayers.OfType<SeparableConv2D>()];
        Assert.Equal(2, separable.Length);

        // One scale for all channels is enough where each reaches above a half.
        Assert.All(separable, layer => Assert.All(
            Enumerable.Range(0, layer.Filters),
            channel => Assert.InRange(
                layer.DepthwiseKernel.Values.Where((_, i) => i % layer.Filters == channel).Max(MathF.Abs), 0.5f, 1f)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_pointwise_convolution_right_behind_becomes_the_other_half(int stride)
    {
        Model repaired = Version1Case.Check(
            ChainNetwork.Of(
                new Shape(12, 12, 3), IntegerType.UInt8, $"conv 8, relu, depthwise 3 {stride}, conv 12 1, relu, flatten, dense 4"),
            RepairCase.Rounding);
        Assert.Equal(["conv_4"], repaired.GraphLayers.OfType<SeparableConv2D>().Select(layer => layer.Name));
        Assert.Contains(repaired.Repair!.Changes, change => change is { Layer: "depthwise_3", Rule: "AkidaPatternUnknown", AddedMacs: 0 });
    }
}
