using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 8.</summary>
public sealed class FlattenTests
{
    private static readonly Flatten Plain = new() { Name = "layer" };

    [Fact]
    public void Channels_get_one_binary_point_and_saturate()
    {
        LayerRun run = new(Quantizing.Of<QuantizedFlatten>(Plain), 1, LayerRun.Integers([2, 1, 2], 7, 3, 5));
        Assert.Equal([127, 20, -12, 7], run.Run([100, 20, -3, 7]));
        Assert.Equal([2, 0], run.Recorded.Integers("input_shift")!.Values);
        Assert.Equal((new Shape(4), 7, ScalarOrVector<int>.Scalar(5)), (run.Shape, run.Output.ValueBits, run.Output.FracBits));
    }

    [Fact]
    public void Values_pass_where_no_channel_is_shifted()
    {
        LayerRun floats = new(Plain, 1, new FloatSpec(new Shape(2, 1, 2)));
        Assert.Equal([1, 2, 3, 4], floats.Floats([1, 2, 3, 4]));
        Assert.Equal(new Shape(4), floats.Shape);
        LayerRun integers = new(Quantizing.Of<QuantizedFlatten>(Plain), 1, LayerRun.Integers([2, 1, 2], 7, 3));
        Assert.Equal([1, 2, 3, 4], integers.Run([1, 2, 3, 4]));
        Assert.True(floats.IsView && integers.IsView);
        Assert.Null(integers.Recorded.Integers("input_shift"));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given => LayerOracle.AssertSame(Quantizing.Of<QuantizedFlatten>(Plain), given.Seed, given.Integers), iter: 100);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(Plain);
        StoredLayer.AssertReadBack(Quantizing.Of<QuantizedFlatten>(Plain));
        StoredLayer.Refuses("Flatten", "data_format", "'channels_last'", ("data_format", "channels_first"));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2);
        LayerRun.RefusesFloats(Quantizing.Of<QuantizedFlatten>(Plain), 2, 2);
        LayerRun.RefusesScales(Quantizing.Of<QuantizedFlatten>(Plain), 2, 2);
        Assert.Equal(
            "ConfigKeyUnknown",
            Assert.Throws<QuantException>(() => Plain.Quantize(new QuantSettings { ["buffer_bitwidth"] = 8 }, Quantizing.Context)).Id);
    }
}
