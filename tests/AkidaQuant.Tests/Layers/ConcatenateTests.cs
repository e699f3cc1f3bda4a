using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 7.2.</summary>
public sealed class ConcatenateTests
{
    [Fact]
    public void A_concatenation_of_channels_keeps_the_fractional_bits_of_each()
    {
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(
            new QuantizedConcatenate { Name = "cat" },
            LayerRun.Fixed(new Shape(1, 2, 2), 7, [4], 100, 20, -3, 7),
            (new QuantizedSpec(new Shape(1, 2, 1), 4, ScalarOrVector<int>.Vector([2])), [5, -12]));
        Assert.Equal([100, 20, 5, -3, 7, -12], values);
        Assert.Equal((new Shape(1, 2, 3), 7, ScalarOrVector<int>.Vector([4, 4, 2])), (spec.Shape, spec.ValueBits, spec.FracBits));
    }

    [Fact]
    public void A_concatenation_along_another_axis_needs_equal_fractional_bits()
    {
        QuantizedConcatenate layer = new() { Name = "cat", Axis = 1 };
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(
            layer, LayerRun.Fixed(new Shape(1, 1, 2), 7, [4, 5], 1, 2), LayerRun.Fixed(new Shape(2, 1, 2), 7, [4, 5], 3, 4, 5, 6));
        Assert.Equal([1, 2, 3, 4, 5, 6], values);
        Assert.Equal((new Shape(3, 1, 2), ScalarOrVector<int>.Vector([4, 5])), (spec.Shape, spec.FracBits));
        QuantException error = Assert.Throws<QuantException>(() => LayerRun.Of(
            layer, LayerRun.Fixed(new Shape(1, 1, 2), 7, [4, 5], 1, 2), LayerRun.Fixed(new Shape(1, 1, 2), 7, [4, 4], 3, 4)));
        Assert.Equal("LayerInputMismatch", error.Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-4)]
    public void An_axis_that_inputs_do_not_have_is_refused(int axis) => Assert.Equal(
        "LayerInputMismatch",
        Assert.Throws<QuantException>(
            () => new LayerRun(
                new Concatenate { Name = "cat", Axis = axis },
                1,
                new FloatSpec(new Shape(2, 2, 1)),
                new FloatSpec(new Shape(2, 2, 1)))).Id);

    [Fact]
    public void Floats_of_any_number_of_inputs_are_joined()
    {
        Concatenate layer = new() { Name = "cat" };
        Assert.Equal(
            [1, 2, 5, 6, 3, 4, 7, 8],
            LayerRun.Of(layer, (new Shape(2, 2), [1, 2, 3, 4]), (new Shape(2, 1), [5, 7]), (new Shape(2, 1), [6, 8])));
        Assert.Equal([1, 2, 3, 4, 5, 6], LayerRun.Of(layer with { Axis = 1 }, (new Shape(2, 2), [1, 2, 3, 4]), (new Shape(1, 2), [5, 6])));
        Assert.Equal((false, true, true), (layer.TakesInputs(1), layer.TakesInputs(2), layer.TakesInputs(5)));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given => LayerOracle.AssertSame(
            new QuantizedConcatenate { Name = "cat", Settings = [] },
            given.Seed,
            given.Integers,
            LayerRun.Integers([given.Input[0], given.Input[1], given.Filters], given.Bits, [.. Enumerable.Range(0, given.Filters)])),
        iter: 100);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(2, StoredLayer.AssertReadBack(new Concatenate { Name = "cat", Axis = 2 }).Axis);
        QuantizedConcatenate quantized = Quantizing.Of<QuantizedConcatenate>(new Concatenate { Name = "cat", Axis = 1 });
        Assert.Equal(1, StoredLayer.AssertReadBack(quantized).Axis);
        Assert.Equal(1, Assert.IsType<Concatenate>(quantized.ToFloat()).Axis);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Concatenate layer = new() { Name = "cat" };
        QuantizedConcatenate quantized = Quantizing.Of<QuantizedConcatenate>(layer);
        LayerRun.RefusesIntegers(layer, 2, 2, 1);
        LayerRun.RefusesFloats(quantized, 2, 2, 1);
        LayerRun.RefusesScales(quantized, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "but for axis -1", layer, new FloatSpec(new Shape(2, 1)), new FloatSpec(new Shape(3, 1)));
        LayerRun.Refuses("LayerInputMismatch", "but for axis -1", quantized, LayerRun.Integers(2, 2, 1), LayerRun.Integers(2, 1));
        QuantException error = Assert.Throws<QuantException>(
            () => layer.Quantize(new QuantSettings { ["buffer_bitwidth"] = 8 }, Quantizing.Context));
        Assert.Equal(("ConfigKeyUnknown", "cat"), (error.Id, error.Target));
    }
}
