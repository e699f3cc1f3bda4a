using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 8.</summary>
public sealed class PermuteTests
{
    private static readonly Permute Plain = new() { Name = "p", Dims = new[] { 3, 1, 2 } };

    [Fact]
    public void A_permutation_keeps_channels_last_when_they_have_fractional_bits_of_their_own()
    {
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(
            new QuantizedPermute { Name = "p", Dims = [2, 1, 3] }, LayerRun.Fixed(new Shape(1, 3, 2), 7, [3, 5], 1, 2, 3, 4, 5, 6));
        Assert.Equal([1, 2, 3, 4, 5, 6], values);
        Assert.Equal((new Shape(3, 1, 2), ScalarOrVector<int>.Vector([3, 5])), (spec.Shape, spec.FracBits));
        QuantizedPermute moves = new() { Name = "p", Dims = [3, 1, 2] };
        Assert.Equal([1, 3, 5, 2, 4, 6], LayerRun.Of(moves, LayerRun.Fixed(new Shape(1, 3, 2), 7, [3], 1, 2, 3, 4, 5, 6)).Values);
        Assert.Throws<QuantException>(() => new LayerRun(moves, 1, LayerRun.Fixed(new Shape(1, 3, 2), 7, [3, 5]).Spec));
    }

    [Fact]
    public void Axes_are_numbered_from_the_first_behind_the_batch()
    {
        Assert.Equal([1, 3, 5, 2, 4, 6], LayerRun.Of(Plain, new Shape(1, 3, 2), 1, 2, 3, 4, 5, 6));
        Assert.Equal(new Shape(4, 2, 3), LayerRun.ShapeOver(Plain, 2, 3, 4));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => Gen.Select(SpatialCase.Any, Gen.Shuffle(new[] { 1, 2, 3 })).Sample(
        (given, dims) => LayerOracle.AssertSame(
            new QuantizedPermute { Name = "p", Dims = dims },
            given.Seed,
            dims[2] == 3 ? given.Integers : LayerRun.Integers(given.Input, given.ValueBits, given.FracBits[0])),
        iter: 100);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal([3, 1, 2], StoredLayer.AssertReadBack(Plain).Dims);
        Assert.Equal([3, 1, 2], StoredLayer.AssertReadBack(Quantizing.Of<QuantizedPermute>(Plain)).Dims);
        Assert.Equal([3, 1, 2], Assert.IsType<Permute>(Quantizing.Of<QuantizedPermute>(Plain).ToFloat()).Dims);
        StoredLayer.Refuses("Permute", "dims", "the numbers 1, 2, …", ("dims", StoredLayer.List(1L, 1L)));
        StoredLayer.Refuses("Permute", "dims", "the numbers 1, 2, …");
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedPermute quantized = Quantizing.Of<QuantizedPermute>(Plain);
        LayerRun.RefusesIntegers(Plain, 2, 2, 2);
        LayerRun.RefusesFloats(quantized, 2, 2, 2);
        LayerRun.RefusesScales(quantized, 2, 2, 2);
        LayerRun.Refuses("LayerInputMismatch", "it orders 3 axes", Plain, new FloatSpec(new Shape(2, 2)));
        LayerRun.Refuses("LayerInputMismatch", "it moves the channels", quantized, LayerRun.Integers([2, 2, 2], 7, 1, 2));
        Assert.Equal(
            "ConfigKeyUnknown",
            Assert.Throws<QuantException>(() => Plain.Quantize(new QuantSettings { ["buffer_bitwidth"] = 8 }, Quantizing.Context)).Id);
    }
}
