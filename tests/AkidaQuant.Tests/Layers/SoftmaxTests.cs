using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Shares of a whole for each position.</summary>
public sealed class SoftmaxTests
{
    private static readonly Softmax Layer = new() { Name = "layer" };

    [Fact]
    public void Channels_of_a_position_sum_to_one()
    {
        float[] shares = LayerRun.Of(Layer, new Shape(2, 2), 0, MathF.Log(3), 1000, 1000);
        Assert.All(((float[])[.25f, .75f, .5f, .5f]).Zip(shares), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(Layer);
        StoredLayer.Refuses("Softmax", "axis", "-1", ("axis", 1L));
        Assert.Contains("no quantized form", Layer.QuantizationObstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_are_refused()
    {
        QuantException error = Assert.Throws<QuantException>(() => new LayerRun(Layer, 1, LayerRun.Integers(2)));
        Assert.Equal(("LayerInputMismatch", "layer"), (error.Id, error.Target));
    }
}
