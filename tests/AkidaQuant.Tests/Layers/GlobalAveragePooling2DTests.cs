using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 6.2.</summary>
public sealed class GlobalAveragePooling2DTests
{
    private static readonly GlobalAveragePooling2D Plain = new() { Name = "layer" };

    [Fact]
    public void The_number_of_positions_is_in_the_scale()
    {
        QuantizedGlobalAveragePooling2D layer = Quantizing.Of<QuantizedGlobalAveragePooling2D>(Plain);
        LayerRun run = new(layer, 1, LayerRun.Integers([2, 3, 2], 7, 3, 5));
        Assert.Equal([144, 42], run.Run([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
        Assert.Equal([2, 0], run.Recorded.Integers("input_shift")!.Values);
        Assert.Equal(
            (32, ScalarOrVector<int>.Scalar(5), 0.166666672f), (run.Output.ValueBits, run.Output.FracBits, run.Output.Scales!.Value[0]));
    }

    [Fact]
    public void Scales_of_the_input_are_divided()
    {
        QuantizedGlobalAveragePooling2D layer = Quantizing.Of<QuantizedGlobalAveragePooling2D>(Plain, output: 8, ranges: [1.3f]);
        LayerRun run = new(layer, 1, LayerRun.Integers([2, 3, 2], 32, 2) with { Scales = ScalarOrVector<float>.Vector([.01f, .0347f]) });
        Assert.Equal([13, 97], run.Run([100, 20, 300, 0, 55, 6, 7, 8, 9, 1000, 11, 12]));
        Assert.Equal([218, 190], run.Recorded.Tensor("out_quantizer/qscales")!.Values.Values);
        Assert.Equal([-13, -11], run.Recorded.Integers("out_quantizer/shift")!.Values);
        Assert.Equal((7, ScalarOrVector<int>.Scalar(6)), (run.Output.ValueBits, run.Output.FracBits));
        Assert.Equal((2, 0), StoredLayer.Count(layer));
    }

    [Fact]
    public void Floats_are_averaged()
    {
        Assert.Equal([2.5f, 25], LayerRun.Of(Plain, new Shape(2, 2, 2), 1, 10, 2, 20, 3, 30, 4, 40));
        Assert.Equal(new Shape(2), LayerRun.ShapeOver(Plain, 4, 5, 2));
        Assert.Equal(new Shape(1, 1, 2), LayerRun.ShapeOver(Plain with { KeepDims = true }, 4, 5, 2));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => Gen.Select(SpatialCase.Any, Gen.Bool).Sample(
        (given, keeps) =>
        {
            GlobalAveragePooling2D layer = Plain with { KeepDims = keeps };
            LayerOracle.AssertSame(
                Quantizing.Of<QuantizedGlobalAveragePooling2D>(layer, output: given.Bits, ranges: [2]), given.Seed, given.Integers);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedGlobalAveragePooling2D>(layer), given.Seed, given.Integers);
        },
        iter: 100);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.True(StoredLayer.AssertReadBack(Plain with { KeepDims = true }).KeepDims);
        Assert.True(StoredLayer.AssertReadBack(Quantizing.Of<QuantizedGlobalAveragePooling2D>(Plain with { KeepDims = true })).KeepDims);
        StoredLayer.Refuses("GlobalAveragePooling2D", "keepdims", "true or false", ("keepdims", 3L));
        StoredLayer.Refuses("GlobalAveragePooling2D", "data_format", "'channels_last'", ("data_format", "channels_first"));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedGlobalAveragePooling2D quantized = Quantizing.Of<QuantizedGlobalAveragePooling2D>(Plain);
        LayerRun.RefusesIntegers(Plain, 2, 2, 1);
        LayerRun.RefusesFloats(quantized, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", quantized, LayerRun.Integers(2, 2));
        LayerRun.Refuses("LayerInputMismatch", "Give the model an input shape", quantized, LayerRun.Integers(Shape.Unknown, 2, 1));
    }
}
