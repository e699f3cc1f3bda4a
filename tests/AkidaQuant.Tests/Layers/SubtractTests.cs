using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Values of tensors put together one by one.</summary>
public sealed class SubtractTests
{
    private static readonly Subtract Plain = new() { Name = "layer" };

    [Fact]
    public void Values_in_the_same_place_meet() =>
        Assert.Equal([-3, 3, 1], LayerRun.Of(Plain, (new Shape(1, 3), [1, -2, 3]), (new Shape(1, 3), [4, -5, 2])));

    [Fact]
    public void Axes_of_size_1_are_repeated() =>
        Assert.Equal([-1, 0, 0, 1], LayerRun.Of(Plain, (new Shape(2, 2), [1, 2, 3, 4]), (new Shape(2, 1), [2, 3])));

    [Fact]
    public void It_is_read_back_as_it_was_written() => StoredLayer.AssertReadBack(Plain);

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3);
        LayerRun.Refuses(
            "LayerInputMismatch", "they have (2,) and (3,)", Plain, new FloatSpec(new Shape(2)), new FloatSpec(new Shape(3)));
    }
}
