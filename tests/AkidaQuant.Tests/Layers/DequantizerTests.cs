using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>Integers become the numbers that they stand for.</summary>
public sealed class DequantizerTests
{
    private static readonly Dequantizer Layer = new() { Name = "layer" };

    [Fact]
    public void Fractional_bits_and_scales_are_taken_in()
    {
        LayerRun bits = new(Layer, 1, LayerRun.Integers([2, 2], 7, 2, -1));
        Assert.Equal([.75f, -10, -32, 254], bits.Dequantize([3, -5, -128, 127]));
        Assert.Equal([2, -1], bits.Recorded.Integers("frac_bits")!.Values);
        Assert.Null(bits.Recorded.Floats("scales"));
        LayerRun scales = new(Layer, 1, LayerRun.Integers([2, 2], 7, 1) with { Scales = ScalarOrVector<float>.Vector([.5f, 3]) });
        Assert.Equal([.75f, -7.5f, 0, 3], scales.Dequantize([3, -5, 0, 2]));
        Assert.Equal([.5f, 3], scales.Recorded.Floats("scales")!.Values);
    }

    [Fact]
    public void Its_own_scales_take_the_place_of_those_of_the_input()
    {
        LayerRun run = new(
            Layer with { Scales = ScalarOrVector<float>.Scalar(.25f) },
            1,
            LayerRun.Integers([2], 7, 0) with { Scales = ScalarOrVector<float>.Scalar(9f) });
        Assert.Equal([1, -2], run.Dequantize([4, -8]));
    }

    [Fact]
    public void Floats_pass()
    {
        LayerRun run = new(Layer, 1, new FloatSpec(new Shape(2)));
        Assert.True(run.IsView);
        Assert.Equal([1.5f, -2], run.Floats([1.5f, -2]));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written() => StoredLayer.AssertReadBack(Layer);
}
