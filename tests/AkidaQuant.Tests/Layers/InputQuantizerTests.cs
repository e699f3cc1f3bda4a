using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>numerics.md 6.1: floats become integers.</summary>
public sealed class InputQuantizerTests
{
    private static readonly InputQuantizer Plain = new()
    {
        Name = "layer",
        RangeMin = NdArray<float>.Scalar(-2f),
        RangeMax = NdArray<float>.Scalar(1f),
    };

    [Fact]
    public void Signed_integers_have_the_binary_point_of_the_larger_bound()
    {
        LayerRun run = new(Plain, 1, new FloatSpec(new Shape(5)));
        Assert.Equal([-128, 32, 127, 2, -2], run.Quantize([-2, .5f, 9, 1.5f / 64, -1.5f / 64]));
        Assert.Equal((7, ScalarOrVector<int>.Scalar(6), false), (run.Output.ValueBits, run.Output.FracBits, run.Output.IsQFloat));
        Assert.Equal([6], run.Recorded.Integers("frac_bits")!.Values);
    }

    [Fact]
    public void Unsigned_integers_begin_with_the_least_value()
    {
        LayerRun run = new(
            Plain with { Signed = false, RangeMin = NdArray<float>.Scalar(-1f), Bitwidth = 8 }, 1, new FloatSpec(new Shape(3)));
        Assert.Equal([0, 192, 255], run.Quantize([-1, .5f, 1]));
        Assert.Equal(
            (8, ScalarOrVector<int>.Scalar(7), ScalarOrVector<float>.Scalar(1f)),
            (run.Output.ValueBits, run.Output.FracBits, run.Output.Scales!.Value));
        Assert.Equal([128], run.Recorded.Tensor("zero_points")!.Values.Values);
    }

    [Fact]
    public void Channels_have_binary_points_of_their_own()
    {
        InputQuantizer layer = Plain with
        {
            PerAxis = true,
            RangeMin = NdArray<float>.Vector([-1, -8]),
            RangeMax = NdArray<float>.Vector([1, 3]),
        };
        LayerRun run = new(layer, 1, new FloatSpec(new Shape(1, 2)));
        Assert.Equal([64, -16], run.Quantize([.5f, -1]));
        Assert.Equal(ScalarOrVector<int>.Vector([7, 4]), run.Output.FracBits);
        Assert.Equal(4, StoredLayer.Count(layer).All);
        LayerRun.Refuses("LayerInputMismatch", "2 ranges", layer, new FloatSpec(new Shape(2, 3)));
        LayerRun.Refuses("LayerInputMismatch", "2 ranges", layer, new FloatSpec(new Shape(2)));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        InputQuantizer read = StoredLayer.AssertReadBack(
            Plain with { Bitwidth = 5, Signed = false }, "layer/range_min:0 ()", "layer/range_max:0 ()");
        Assert.Equal((5, false, 5), (read.Bitwidth, read.Signed, read.ValueBits));
        InputQuantizer channels = Plain with
        {
            PerAxis = true,
            RangeMin = NdArray<float>.Vector([-1, -8]),
            RangeMax = NdArray<float>.Vector([1, 3]),
        };
        Assert.True(StoredLayer.AssertReadBack(channels, "layer/range_min:0 (2,)", "layer/range_max:0 (2,)").PerAxis);
        StoredLayer.AssertShapesChecked(channels);
        StoredLayer.Refuses("Custom>InputQuantizer", "bitwidth", "from 1 to 32", ("bitwidth", 33L));
        StoredLayer.Refuses("Custom>InputQuantizer", "axis", "'per-tensor' or 'per-axis'", ("axis", "both"));
    }

    [Fact]
    public void Integers_are_refused() => LayerRun.RefusesIntegers(Plain, 3);
}
