using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 8: a layer that matters in training only.</summary>
public sealed class DropoutTests
{
    private static readonly Dropout Plain = new() { Name = "layer", Rate = .25 };

    [Fact]
    public void Values_pass()
    {
        LayerRun floats = new(Plain, 1, new FloatSpec(new Shape(3)));
        Assert.Equal([1, -2, 3], floats.Floats([1, -2, 3]));
        QuantizedSpec input = LayerRun.Integers([3], 7, 1, 2, 3) with { Scales = ScalarOrVector<float>.Scalar(.5f) };
        LayerRun integers = new(Quantizing.Of<QuantizedDropout>(Plain), 1, input);
        Assert.Equal([1, -2, 3], integers.Run([1, -2, 3]));
        Assert.Equal(input, integers.Output);
        Assert.True(floats.IsView && integers.IsView);
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(.25, StoredLayer.AssertReadBack(Plain).Rate);
        Assert.Equal(.25, StoredLayer.AssertReadBack(Quantizing.Of<QuantizedDropout>(Plain)).Rate);
        Assert.Equal(.25, Assert.IsType<Dropout>(Quantizing.Of<QuantizedDropout>(Plain).ToFloat()).Rate);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3);
        LayerRun.RefusesFloats(Quantizing.Of<QuantizedDropout>(Plain), 3);
        Assert.Equal(
            "ConfigKeyUnknown",
            Assert.Throws<QuantException>(() => Plain.Quantize(new QuantSettings { ["buffer_bitwidth"] = 8 }, Quantizing.Context)).Id);
    }
}
