using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

public sealed class RectifyBlocksTests
{
    private static readonly string[] Parts =
    [
        "conv 4", "conv 6 1", "conv 4 3 2", "separable 4", "depthwise 3", "relu", "relu 6", "conv 5, relu", "separable 6, relu", "dropout",
    ];

    [Theory]
    [InlineData("conv 8, relu, conv 8, relu, global, dense 4", "averages get an identity, and a rectifier behind")]
    [InlineData("conv 8, relu, conv 8, relu, global", "at the end without")]
    [InlineData("conv 8, relu, pool 2, pool 2, conv 8, relu, flatten, dense 4", "a pool behind a pool")]
    [InlineData("conv 8, relu, flatten, dense 4, relu", "a rectifier at the end of rows")]
    [InlineData("conv 8, relu, conv 4, relu, softmax", "of an image, in front of a float tail")]
    public void Pools_averages_and_rectifiers_get_an_identity_and_change_no_bit(string layers, string why)
    {
        Assert.NotEmpty(why);
        Version1Case.Check(ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, layers));
    }

    [Theory]
    [InlineData("conv 8, conv 8, relu, flatten, dense 4")]
    [InlineData("conv 8, relu, conv 8, flatten, dense 4")]
    [InlineData("conv 8, relu, separable 8, separable 8, relu, flatten, dense 6, dense 4")]
    [InlineData("conv 8, relu, conv 8, global, dense 4")]
    public void Layers_without_a_rectifier_pass_both_signs(string layers)
    {
        Model repaired = Version1Case.Check(ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, layers), RepairCase.Rounding);
        Assert.Contains(repaired.Repair!.Changes, change => change.Rule == "AkidaV1QuantizerPlace" && change.AddedMacs > 0);
    }

    [Fact]
    public void Averages_of_values_that_are_never_negative_need_no_second_sign()
    {
        Model repaired = Version1Case.Check(
            ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, "conv 8, relu, average 2, conv 8, relu, average 2, flatten, dense 4"));
        Assert.All(repaired.GraphLayers.OfType<Conv2D>(), layer => Assert.Equal(8, layer.Filters));
    }

    [Fact]
    public void Chains_of_any_order_keep_what_they_compute() =>
        Gen.Select(Gen.OneOf(Parts).Array[1, 5], Gen.Bool, Gen.Int[1, 1000]).Sample(
            (parts, average, seed) =>
            {
                string layers = $"conv 4, {string.Join(", ", parts)}, {(average ? "conv 4, global" : "flatten, dense 5, dense 3")}";
                Version1Case.Check(ChainNetwork.Of(new Shape(8, 8, 3), IntegerType.UInt8, layers, seed), 2 * RepairCase.Rounding);
            },
            iter: 30,
            threads: 1);
}
