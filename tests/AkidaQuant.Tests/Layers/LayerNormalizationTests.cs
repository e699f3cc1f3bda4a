using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Rows of mean 0 and deviation 1.</summary>
public sealed class LayerNormalizationTests
{
    private static readonly LayerNormalization Plain = new()
    {
        Name = "layer",
        Epsilon = 0,
        Gamma = NdArray<float>.Vector([1, 2]),
        Beta = NdArray<float>.Vector([0, 10]),
    };

    [Fact]
    public void Values_are_centered_and_scaled()
    {
        Assert.Equal([-1, 12, 1, 8], LayerRun.Of(Plain, new Shape(2, 2), 3, 5, 7, -1));
        Assert.Equal([-1, 1], LayerRun.Of(Plain with { Scale = false, Center = false }, new Shape(2), 3, 5));
        Assert.Equal([-.5f, .5f], LayerRun.Of(Plain with { Epsilon = 3, Scale = false, Center = false }, new Shape(2), 3, 5));
        Assert.Equal(
            [-1, -1, 1, 1],
            LayerRun.Of(Plain with { Axes = [-2, -1], Scale = false, Center = false }, new Shape(2, 2), 3, 3, 5, 5));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        LayerNormalization read = StoredLayer.AssertReadBack(Plain, "layer/gamma:0 (2,)", "layer/beta:0 (2,)");
        Assert.Equal((0f, true, true), (read.Epsilon, read.Scale, read.Center));
        StoredLayer.AssertShapesChecked(Plain);
        StoredLayer.AssertReadBack(Plain with { Scale = false, Gamma = NdArray<float>.Vector([]) }, "layer/beta:0 (2,)");
        StoredLayer.AssertReadBack(
            Plain with { Axes = [1, 2], Center = false, Gamma = NdArray<float>.Filled(new Shape(2, 3), 1) }, "layer/gamma:0 (2, 3)");
        Assert.Equal(.001f, StoredLayer.Read<LayerNormalization>("LayerNormalization").Epsilon);
        Assert.Equal("LayerNotSupported", Assert.Throws<QuantException>(() =>
            StoredLayer.Read<LayerNormalization>("LayerNormalization", ("rms_scaling", true))).Id);
        Assert.Equal([new Shape(4), new Shape(4)], Plain.WeightShapes([new Shape(3, 4)]).Select(weight => weight.Shape));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2);
        LayerRun.Refuses("LayerInputMismatch", "weights are for 2 values", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "only the last ones", Plain with { Axes = [1] }, new FloatSpec(new Shape(2, 2)));
    }
}
