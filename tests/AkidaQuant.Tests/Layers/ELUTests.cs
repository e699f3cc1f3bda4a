using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A rectifier that falls by an exponential.</summary>
public sealed class ELUTests
{
    private static readonly ELU Plain = new() { Name = "layer", Alpha = 2 };

    [Fact]
    public void Negative_values_fall_to_a_bound() =>
        Assert.All(
            ((float[])[2 * (MathF.Exp(-1) - 1), 0, 3, -2]).Zip(LayerRun.Of(Plain, new Shape(4), -1, 0, 3, -100)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6f));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(2, StoredLayer.AssertReadBack(Plain).Alpha);
        Assert.Equal(1, StoredLayer.Read<ELU>("ELU").Alpha);
        StoredLayer.Refuses("ELU", "alpha", "a number", ("alpha", "one"));
        Assert.Contains("no quantized form", Plain.QuantizationObstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_are_refused() => LayerRun.RefusesIntegers(Plain, 3);
}
