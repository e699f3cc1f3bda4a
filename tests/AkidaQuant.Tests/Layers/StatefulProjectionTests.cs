using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 4.7.</summary>
public sealed class StatefulProjectionTests
{
    private static StatefulProjection Plain => new()
    {
        Name = "layer",
        Units = 2,
        Kernel = Quantizing.Kernel([2, 2], 1, 10, 100, 1000),
        UseBias = false,
        Subsample = 2,
    };

    [Fact]
    public void StatefulProjection_keeps_every_second_time_step()
    {
        QuantizedStatefulProjection layer = new()
        {
            Name = "projection",
            Units = 2,
            Kernel = new NdArray<float>(new Shape(2, 2), [.7f, -.2f, .3f, .1f]),
            Bias = NdArray<float>.Vector([.5f, -.1f]),
            Subsample = 2,
            Settings = new QuantSettings { ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = 4 }, ["buffer_bitwidth"] = 28 },
        };
        LayerRun run = new(layer, 1, new QuantizedSpec(new Shape(4, 2), 7, ScalarOrVector<int>.Vector([3, 5])));
        Assert.Equal([2, 0], run.Recorded.Integers("input_shift")!.Values);
        Assert.Equal([7, -7, 3, 3], run.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([160, -112], run.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
        Assert.Equal(new Shape(2, 2), run.Output.Shape);
        Assert.Equal([256, -184, 380, -284], run.Run([1, 2, 3, 4, 5, 6, 7, 8]));
    }

    [Fact]
    public void Every_time_step_is_kept_unless_it_says_otherwise()
    {
        Assert.Equal([403, 4030], LayerRun.Of(Plain, new Shape(2, 2), 1, 2, 3, 4));
        Assert.Equal([201, 2010, 403, 4030], LayerRun.Of(Plain with { Subsample = 1 }, new Shape(2, 2), 1, 2, 3, 4));
        Assert.Equal(new Shape(3, 2), LayerRun.ShapeOver(Plain, 6, 2));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(
            Plain with { UseBias = true, Bias = Quantizing.Steps(0, 2) }, "layer/kernel:0 (2, 2)", "layer/bias:0 (2,)");
        StoredLayer.AssertReadBack(Quantizing.Of<QuantizedStatefulProjection>(Plain), "layer/kernel:0 (2, 2)");
        StoredLayer.AssertShapesChecked(Plain);
        StoredLayer.Refuses("Custom>StatefulProjection", "subsample", "a positive integer", ("units", 1L), ("subsample", 0L));
        Assert.Equal(
            (18, 18),
            StoredLayer.Count(Quantizing.Of<QuantizedStatefulProjection>(Plain with { Units = 6, Kernel = Quantizing.Steps(0, 3, 6) })));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedStatefulProjection quantized = Quantizing.Of<QuantizedStatefulProjection>(Plain);
        LayerRun.RefusesIntegers(Plain, 4, 2);
        LayerRun.RefusesFloats(quantized, 4, 2);
        LayerRun.Refuses("LayerInputMismatch", "a multiple of 2 time steps, but it is (3, 2)", Plain, new FloatSpec(new Shape(3, 2)));
        LayerRun.Refuses("LayerInputMismatch", "a multiple of 2 time steps, but it is (2,)", quantized, LayerRun.Integers(2));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 2 channels", Plain, new FloatSpec(new Shape(4, 3)));
    }
}
