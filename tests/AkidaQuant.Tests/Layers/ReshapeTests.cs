using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 8.</summary>
public sealed class ReshapeTests
{
    private static readonly Reshape Plain = new() { Name = "layer", TargetShape = new Shape(Shape.Unknown, 2) };

    [Fact]
    public void Values_pass_in_another_shape()
    {
        LayerRun floats = new(Plain, 1, new FloatSpec(new Shape(1, 3, 2)));
        Assert.Equal([1, 2, 3, 4, 5, 6], floats.Floats([1, 2, 3, 4, 5, 6]));
        LayerRun integers = new(Quantizing.Of<QuantizedReshape>(Plain), 1, LayerRun.Integers([1, 3, 2], 7, 3, 5));
        Assert.Equal([1, 2, 3, 4, 5, 6], integers.Run([1, 2, 3, 4, 5, 6]));
        Assert.Equal(
            (new Shape(3, 2), new Shape(3, 2), ScalarOrVector<int>.Vector([3, 5])),
            (floats.Shape, integers.Shape, integers.Output.FracBits));
        Assert.True(floats.IsView && integers.IsView);
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given => LayerOracle.AssertSame(
            Quantizing.Of<QuantizedReshape>(Plain with { TargetShape = new Shape(1, Shape.Unknown, given.Channels) }),
            given.Seed,
            given.Integers),
        iter: 50);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(Plain.TargetShape, StoredLayer.AssertReadBack(Plain).TargetShape);
        Assert.Equal(Plain.TargetShape, StoredLayer.AssertReadBack(Quantizing.Of<QuantizedReshape>(Plain)).TargetShape);
        StoredLayer.Refuses("Reshape", "target_shape", "a list of dimensions");
        StoredLayer.Refuses("Reshape", "target_shape", "positive dimensions", ("target_shape", StoredLayer.List(-1L, -1L)));
        StoredLayer.Refuses("Reshape", "target_shape", "positive dimensions", ("target_shape", StoredLayer.List(0L)));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedReshape quantized = Quantizing.Of<QuantizedReshape>(Plain);
        LayerRun.RefusesIntegers(Plain, 2, 2);
        LayerRun.RefusesFloats(quantized, 2, 2);
        LayerRun.Refuses("LayerInputMismatch", "has 5 values and cannot take the shape", Plain, new FloatSpec(new Shape(5)));
        LayerRun.Refuses("LayerInputMismatch", "has 6 values", Plain with { TargetShape = new Shape(7) }, new FloatSpec(new Shape(6)));
        LayerRun.Refuses("LayerInputMismatch", "it changes the last dimension", quantized, LayerRun.Integers([2, 3], 7, 1, 2, 3));
        Assert.Equal(
            "ConfigKeyUnknown",
            Assert.Throws<QuantException>(() => Plain.Quantize(new QuantSettings { ["buffer_bitwidth"] = 8 }, Quantizing.Context)).Id);
    }
}
