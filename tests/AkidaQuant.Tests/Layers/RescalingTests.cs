using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 8.</summary>
public sealed class RescalingTests
{
    private static readonly Rescaling Plain = new() { Name = "layer", Scale = [1 / 127.5], Offset = [-1] };

    [Fact]
    public void Floats_are_multiplied_and_moved()
    {
        Assert.Equal([-1, 1], LayerRun.Of(Plain, new Shape(2), 0, 255));
        Assert.Equal([3, 30, 5, 50], LayerRun.Of(Plain with { Scale = [2, 20], Offset = [1, 10] }, new Shape(2, 2), 1, 1, 2, 2));
    }

    [Fact]
    public void Integers_keep_their_values_and_get_a_scale()
    {
        QuantizedRescaling layer = Quantizing.Of<QuantizedRescaling>(Plain with { Offset = [0] });
        QuantizedSpec pixels = new(new Shape(3), 8, ScalarOrVector<int>.Scalar(0), null, new ValueRange(0, 255));
        LayerRun run = new(layer, 1, pixels);
        Assert.Equal([0, 128, 255], run.Run([0, 128, 255]));
        Assert.Equal((8, 0.00784313772f, true), (run.Output.ValueBits, run.Output.Scales!.Value[0], run.Output.HasConstantScales));
        LayerRun twice = new(layer with { Scale = 4 }, 1, pixels with { Scales = ScalarOrVector<float>.Vector([.5f, 1, 2]) });
        Assert.Equal([2, 4, 8], twice.Output.Scales!.Value.Span.ToArray());
        Assert.False(twice.Output.HasConstantScales);
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Rescaling channels = StoredLayer.AssertReadBack(Plain with { Scale = [2, 20], Offset = [1, 10] });
        Assert.Equal([2, 20], channels.Scale);
        Assert.Equal([1, 10], channels.Offset);
        Assert.Equal([1 / 127.5], StoredLayer.AssertReadBack(Plain).Scale);
        Assert.Equal(.5, StoredLayer.AssertReadBack(Quantizing.Of<QuantizedRescaling>(Plain with { Scale = [.5] })).Scale);
        StoredLayer.Refuses("Rescaling", "scale", "a number, or one a channel");
        StoredLayer.Refuses("Custom>QuantizedRescaling", "scale", "one number, with an offset of 0", ("scale", 1.0), ("offset", 1.0));
        StoredLayer.Refuses("Custom>QuantizedRescaling", "scale", "one number, with an offset of 0", ("scale", StoredLayer.List(1.0, 2.0)));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedRescaling quantized = Quantizing.Of<QuantizedRescaling>(Plain);
        LayerRun.RefusesIntegers(Plain, 3);
        LayerRun.RefusesFloats(quantized, 3);
        LayerRun.Refuses("LayerInputMismatch", "2 scales and 1 offsets", Plain with { Scale = [1, 2] }, new FloatSpec(new Shape(3)));
        foreach (double scale in (double[])[0, -1, double.NaN, 1e300])
        {
            LayerRun.Refuses("LayerInputMismatch", "not a positive number", quantized with { Scale = scale }, LayerRun.Integers(3));
        }

        Assert.Contains("offset", Plain.QuantizationObstacle, StringComparison.Ordinal);
        Assert.Contains("one a channel", (Plain with { Scale = [1, 2] }).QuantizationObstacle, StringComparison.Ordinal);
        Assert.Equal(
            "ConfigKeyUnknown",
            Assert.Throws<QuantException>(() => Plain.Quantize(new QuantSettings { ["buffer_bitwidth"] = 8 }, Quantizing.Context)).Id);
    }
}
