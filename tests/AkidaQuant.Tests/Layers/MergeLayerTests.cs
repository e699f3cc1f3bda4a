using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Layers that put the values of any number of tensors together one by one.</summary>
/// <typeparam name="T">The class of the layer.</typeparam>
/// <param name="plain">The layer.</param>
/// <param name="met">What it makes of (1, -2, 3) and (4, -5, 2).</param>
/// <param name="repeated">What it makes of ((1, 2), (3, 4)) and ((2), (3)).</param>
/// <param name="ofThree">What it makes of (1, 9), (4, 2) and (-2, 4).</param>
public abstract class MergeLayerTests<T>(T plain, float[] met, float[] repeated, float[] ofThree)
    where T : Layer
{
    [Fact]
    public void Values_in_the_same_place_meet() =>
        Assert.Equal(met, LayerRun.Of(plain, (new Shape(1, 3), [1, -2, 3]), (new Shape(1, 3), [4, -5, 2])));

    [Fact]
    public void Axes_of_size_1_are_repeated() =>
        Assert.Equal(repeated, LayerRun.Of(plain, (new Shape(2, 2), [1, 2, 3, 4]), (new Shape(2, 1), [2, 3])));

    [Fact]
    public void Any_number_of_tensors_of_one_shape_is_taken()
    {
        Assert.True(plain.TakesInputs(5));
        Assert.False(plain.TakesInputs(1));
        Assert.Equal(
            ofThree, LayerRun.Of(plain, (new Shape(2), [1, 9]), (new Shape(2), [4, 2]), (new Shape(2), [-2, 4])));
        FloatSpec row = new(new Shape(2));
        LayerRun.Refuses("LayerInputMismatch", "they have (2,) and (1,)", plain, row, row, new FloatSpec(new Shape(1)));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written() => StoredLayer.AssertReadBack(plain);

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        LayerRun.RefusesIntegers(plain, 3);
        LayerRun.Refuses(
            "LayerInputMismatch", "they have (2,) and (3,)", plain, new FloatSpec(new Shape(2)), new FloatSpec(new Shape(3)));
    }
}
