using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Groups of channels of mean 0 and deviation 1.</summary>
public sealed class GroupNormalizationTests
{
    private static readonly GroupNormalization Plain = new()
    {
        Name = "layer",
        Groups = 2,
        Epsilon = 0,
        Gamma = NdArray<float>.Vector([1, 2, 1, 1]),
        Beta = NdArray<float>.Vector([0, 10, 0, 0]),
    };

    [Fact]
    public void Each_group_has_its_own_mean_over_all_positions() => Assert.Equal(
        [-1, 8, 1, -1, 1, 12, 1, -1],
        LayerRun.Of(Plain, new Shape(2, 1, 4), 3, 3, 40, 20, 5, 5, 40, 20));

    [Fact]
    public void Each_channel_can_be_a_group() => Assert.Equal(
        [-1, -1, 1, 1],
        LayerRun.Of(Plain with { Groups = -1, Scale = false, Center = false }, new Shape(2, 2), 3, 20, 5, 40));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        GroupNormalization read = StoredLayer.AssertReadBack(Plain, "layer/gamma:0 (4,)", "layer/beta:0 (4,)");
        Assert.Equal((2, 0f), (read.Groups, read.Epsilon));
        StoredLayer.AssertShapesChecked(Plain);
        Assert.Equal(32, StoredLayer.Read<GroupNormalization>("GroupNormalization").Groups);
        StoredLayer.Refuses("GroupNormalization", "groups", "a positive number", ("groups", 0L));
        StoredLayer.Refuses("GroupNormalization", "axis", "-1", ("axis", 1L));
        Assert.Equal([new Shape(4), new Shape(4)], Plain.WeightShapes([new Shape(3, 4)]).Select(weight => weight.Shape));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 4);
        LayerRun.Refuses("LayerInputMismatch", "2 groups do not divide the 3 channels", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "weights are for 4 channels", Plain, new FloatSpec(new Shape(2)));
    }
}
