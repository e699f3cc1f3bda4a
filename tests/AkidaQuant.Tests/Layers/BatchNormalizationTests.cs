using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>(x - mean) * gamma / sqrt(variance + epsilon) + beta.</summary>
public sealed class BatchNormalizationTests
{
    private static readonly BatchNormalization Plain = new()
    {
        Name = "layer",
        Epsilon = .25f,
        Gamma = NdArray<float>.Vector([3, -1]),
        Beta = NdArray<float>.Vector([.5f, 8]),
        MovingMean = NdArray<float>.Vector([1, 2]),
        MovingVariance = NdArray<float>.Vector([2, 15.75f]),
    };

    [Fact]
    public void Each_channel_has_its_factor()
    {
        Assert.Equal([2, -.25f], Plain.Factors());
        Assert.Equal([.5f, 8, 4.5f, 7], LayerRun.Of(Plain, new Shape(2, 2), 1, 2, 3, 6));
        BatchNormalization bare = Plain with { Scale = false, Center = false };
        Assert.Equal([2f / 3, .25f], bare.Factors());
        Assert.Equal([0, 1], LayerRun.Of(bare, new Shape(2), 1, 6));
    }

    [Fact]
    public void Channels_may_be_another_axis() =>
        Assert.Equal([.5f, 4.5f, 8, 7], LayerRun.Of(Plain with { Axis = 1 }, new Shape(2, 2), 1, 3, 2, 6));

    [Theory]
    [InlineData(true, true, "layer/gamma:0 (2,)|layer/beta:0 (2,)|layer/moving_mean:0 (2,)|layer/moving_variance:0 (2,)")]
    [InlineData(true, false, "layer/gamma:0 (2,)|layer/moving_mean:0 (2,)|layer/moving_variance:0 (2,)")]
    [InlineData(false, true, "layer/beta:0 (2,)|layer/moving_mean:0 (2,)|layer/moving_variance:0 (2,)")]
    [InlineData(false, false, "layer/moving_mean:0 (2,)|layer/moving_variance:0 (2,)")]
    public void It_is_read_back_as_it_was_written(bool scale, bool center, string arrays)
    {
        NdArray<float> none = new(new Shape(0), []);
        BatchNormalization layer = Plain with
        {
            Scale = scale,
            Center = center,
            Gamma = scale ? Plain.Gamma : none,
            Beta = center ? Plain.Beta : none,
        };
        Assert.Equal(.25f, StoredLayer.AssertReadBack(layer, arrays.Split('|')).Epsilon);
        Assert.Equal(3, StoredLayer.AssertReadBack(layer with { Axis = 3 }, arrays.Split('|')).Axis);
        StoredLayer.AssertShapesChecked(layer);
        Assert.Equal((arrays.Count(letter => letter == '|') * 2) - 2, StoredLayer.Count(layer).Trainable);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2);
        LayerRun.Refuses("LayerInputMismatch", "normalizes 2 channels on axis -1", Plain, new FloatSpec(new Shape(2, 3)));
        LayerRun.Refuses("LayerInputMismatch", "on axis 3", Plain with { Axis = 3 }, new FloatSpec(new Shape(2, 2)));
        StoredLayer.Refuses("BatchNormalization", "axis", "one axis", ("axis", StoredLayer.List(1L, 2L)));
        Assert.Contains("no quantized form", Plain.QuantizationObstacle, StringComparison.Ordinal);
    }
}
