using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Repair;

public sealed class HalveAveragesTests
{
    [Theory]
    [InlineData(20, 20, 1)]
    [InlineData(49, 10, 1)]
    [InlineData(17, 19, 1)]
    [InlineData(33, 40, 2)]
    public void Averages_over_many_positions_are_taken_in_steps(int height, int width, int steps)
    {
        Model repaired = Version1Case.Check(
            ChainNetwork.Of(new Shape(height, width, 1), IntegerType.UInt8, "conv 4, relu, conv 4, relu, global, dense 3"),
            RepairCase.Rounding);
        Assert.Equal(steps, repaired.Repair!.Changes.Count(change => change.Rule == "AkidaV1GlobalPoolSize"));
        Assert.Equal(steps, repaired.GraphLayers.Count(layer => layer is SeparableConv2D));
    }
}
