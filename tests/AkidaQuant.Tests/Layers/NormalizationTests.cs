using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Values less a mean, divided by a deviation.</summary>
public sealed class NormalizationTests
{
    private static readonly Normalization Plain = new()
    {
        Name = "layer",
        Mean = NdArray<float>.Vector([1, 2]),
        Variance = NdArray<float>.Vector([4, 16]),
    };

    [Fact]
    public void Channels_are_centered_and_scaled()
    {
        Assert.Equal([1, -.5f, 2, 1], LayerRun.Of(Plain, new Shape(2, 2), 3, 0, 5, 6));
        Assert.Equal([7, 2, 11, 26], LayerRun.Of(Plain with { Invert = true }, new Shape(2, 2), 3, 0, 5, 6));
        Assert.Equal([0, 1e7f], LayerRun.Of(Plain with { Variance = NdArray<float>.Vector([0, 0]) }, new Shape(2), 1, 3));
    }

    [Fact]
    public void Other_axes_can_have_means_of_their_own()
    {
        Assert.Equal([1, 2, -.5f, 1], LayerRun.Of(Plain with { Axes = [1] }, new Shape(2, 2), 3, 5, 0, 6));
        Normalization all = Plain with { Axes = [], Mean = NdArray<float>.Scalar(1), Variance = NdArray<float>.Scalar(4) };
        Assert.Equal([1, 2], LayerRun.Of(all, new Shape(2), 3, 5));
        Normalization each = Plain with
        {
            Axes = [1, 2],
            Mean = NdArray<float>.Filled(new Shape(2, 1), 1),
            Variance = new NdArray<float>(new Shape(2, 1), [1, 4]),
        };
        Assert.Equal([2, 2], LayerRun.Of(each, new Shape(2, 1), 3, 5));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(Plain, "layer/mean:0 (2,)", "layer/variance:0 (2,)", "layer/count:0 ()");
        Assert.Equal((5, 0), StoredLayer.Count(Plain));
        Normalization given = StoredLayer.AssertReadBack(Plain with { IsGiven = true, Invert = true });
        Assert.Equal([1, 2, 4, 16], given.Mean.Values.Concat(given.Variance.Values));
        Assert.True(given.Invert);
        Normalization nested = StoredLayer.Read<Normalization>(
            "Normalization", ("axis", null), ("mean", StoredLayer.List(StoredLayer.List(3L))), ("variance", 2.5));
        Assert.Equal((0, 3f, 2.5f), (nested.Axes.Count, nested.Mean.Values[0], nested.Variance.Values[0]));
        StoredLayer.Refuses("Normalization", "variance", "given where the other", ("mean", 1.0));
        StoredLayer.Refuses("Normalization", "mean", "a number, or a list", ("mean", StoredLayer.List("a")), ("variance", 1.0));
        Assert.Equal(
            [new Shape(4), new Shape(4), Shape.Scalar], Plain.WeightShapes([new Shape(3, 4)]).Select(weight => weight.Shape));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2);
        LayerRun.Refuses("LayerInputMismatch", "it has 2 means", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "are not those of its input", Plain with { Axes = [2] }, new FloatSpec(new Shape(2)));
    }
}
