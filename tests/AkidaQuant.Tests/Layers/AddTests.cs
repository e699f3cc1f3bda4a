using AkidaQuant.Execution;
using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 7.1.</summary>
public sealed class AddTests
{
    private static readonly Add Plain = new() { Name = "layer" };

    [Fact]
    public void Channels_are_shifted_to_the_finer_binary_point()
    {
        QuantizedAdd layer = Quantizing.Of<QuantizedAdd>(Plain, output: 8, ranges: [8, 9]);
        (QuantizedSpec spec, RecordedVariables recorded, long[] values) = LayerRun.Of(
            layer,
            LayerRun.Fixed(new Shape(2, 1, 2), 7, [4, 6], 100, 20, -3, 7),
            LayerRun.Fixed(new Shape(2, 1, 2), 7, [6, 3], 50, -60, 127, 1));
        Assert.Equal([113, -57, 29, 2], values);
        Assert.Equal([2, 0], recorded.Integers("a_shift")!.Values);
        Assert.Equal([0, 3], recorded.Integers("b_shift")!.Values);
        Assert.Equal([-2, -3], recorded.Integers("out_quantizer/shift")!.Values);
        Assert.Equal((7, ScalarOrVector<int>.Vector([4, 3])), (spec.ValueBits, spec.FracBits));
        Assert.Equal((4, 0), StoredLayer.Count(layer));
    }

    [Fact]
    public void An_average_has_one_fractional_bit_more()
    {
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(
            Quantizing.Of<QuantizedAdd>(Plain with { Average = true }),
            LayerRun.Fixed(new Shape(2, 1, 2), 7, [4], 100, 20, -3, 7),
            LayerRun.Fixed(new Shape(2, 1, 2), 7, [6], 50, -60, 127, 1));
        Assert.Equal([450, 20, 115, 29], values);
        Assert.Equal((31, ScalarOrVector<int>.Scalar(7)), (spec.ValueBits, spec.FracBits));
    }

    [Theory]
    [InlineData(false, new[] { 5f, -1, 3 })]
    [InlineData(true, new[] { 2.5f, -.5f, 1.5f })]
    public void Floats_are_added(bool average, float[] expected)
    {
        Shape shape = new(3);
        Assert.Equal(expected, LayerRun.Of(Plain with { Average = average }, (shape, [1, 2, 3]), (shape, [4, -3, 0])));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => Gen.Select(SpatialCase.Any, Gen.Int[-2, 6].Array[4], Gen.Bool).Sample(
        (given, bits, average) =>
        {
            QuantizedSpec other = LayerRun.Integers(given.Input, 8 - given.ValueBits + 1, [.. bits.Take(given.FracBits.Length)]);
            Add layer = Plain with { Average = average };
            LayerOracle.AssertSame(Quantizing.Of<QuantizedAdd>(layer, output: given.Bits, ranges: [3]), given.Seed, given.Integers, other);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedAdd>(layer), given.Seed, given.Integers, other);
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.False(StoredLayer.AssertReadBack(Plain).Average);
        Assert.True(StoredLayer.AssertReadBack(Plain with { Average = true }).Average);
        Assert.Equal(("Add", "Custom>Add"), (Plain.StoredClass, (Plain with { Average = true }).StoredClass));
        Assert.True(StoredLayer.AssertReadBack(Quantizing.Of<QuantizedAdd>(Plain with { Average = true })).Average);
        Assert.Equal((true, false), (Plain.TakesInputs(2), Plain.TakesInputs(3)));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedAdd quantized = Quantizing.Of<QuantizedAdd>(Plain);
        LayerRun.RefusesIntegers(Plain, 3);
        LayerRun.RefusesFloats(quantized, 3);
        LayerRun.RefusesScales(quantized, 3);
        LayerRun.Refuses("LayerInputMismatch", "they have (3,) and (4,)", Plain, new FloatSpec(new Shape(3)), new FloatSpec(new Shape(4)));
        LayerRun.Refuses("LayerInputMismatch", "they have (3,) and (4,)", quantized, LayerRun.Integers(3), LayerRun.Integers(4));
        LayerRun.Refuses("LayerInputMismatch", "a shift of 31", quantized, LayerRun.Integers([3], 7, 0), LayerRun.Integers([3], 7, 31));
        LayerRun.Refuses("LayerInputMismatch", "32 value bits", quantized, LayerRun.Integers([3], 32, 0), LayerRun.Integers(3));
    }
}
