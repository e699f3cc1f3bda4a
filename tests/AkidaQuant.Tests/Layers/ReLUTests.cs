using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 5.1.</summary>
public sealed class ReLUTests
{
    private static readonly ReLU Plain = new() { Name = "layer" };

    /// <summary>The input of the examples 1 and 2.</summary>
    private static readonly QuantizedSpec Scaled = LayerRun.Integers([3, 1, 2], 27, 4) with
    {
        Scales = ScalarOrVector<float>.Vector([.01f, .0347f]),
    };

    [Fact]
    public void Example_1_has_no_bound()
    {
        LayerRun run = new(Quantizing.Of<QuantizedReLU>(Plain), 1, Scaled);
        Assert.Equal([1000, 0, 70000, 200, 3, 5000], run.Run([1000, -20, 70000, 200, 3, 5000]));
        Assert.Equal((32, Scaled.FracBits, Scaled.Scales), (run.Output.ValueBits, run.Output.FracBits, run.Output.Scales));
    }

    [Fact]
    public void Example_2_has_a_bound_of_eight_bits_for_each_channel()
    {
        QuantizedReLU layer = Quantizing.Of<QuantizedReLU>(Plain with { MaxValue = 6 }, output: -4, ranges: [6]);
        LayerRun run = new(layer, 1, Scaled);
        Assert.Equal([1, 0, 12, 1, 0, 12], run.Run([1000, -20, 70000, 200, 3, 5000]));
        Assert.Equal([9600, 2768], run.Recorded.Tensor("max_value_quantizer/qweights")!.Values.Values);
        Assert.Equal([6, 4], run.Recorded.Integers("max_value_quantizer/shift")!.Values);
        Assert.Equal([164, 142], run.Recorded.Tensor("out_quantizer/qscales")!.Values.Values);
        Assert.Equal([-17, -15], run.Recorded.Integers("out_quantizer/shift")!.Values);
        Assert.Equal((4, ScalarOrVector<int>.Scalar(1)), (run.Output.ValueBits, run.Output.FracBits));
        Assert.Equal((2, 0), StoredLayer.Count(layer));
    }

    [Fact]
    public void Example_3_rounds_a_bound_that_is_a_power_of_two()
    {
        QuantizedReLU layer = Quantizing.Of<QuantizedReLU>(Plain with { MaxValue = 8 });
        LayerRun fine = new(layer, 1, LayerRun.Integers([3], 12, 6));
        Assert.Equal([510, 500, 0], fine.Run([600, 500, -3]));
        Assert.Equal(ScalarOrVector<float>.Scalar(1f), fine.Output.Scales);
        Assert.Equal([64, 0, 64, 13], new LayerRun(layer, 1, LayerRun.Integers([4], 7, 3)).Run([100, -20, 127, 13]));
    }

    [Fact]
    public void Floats_have_a_bound_a_slope_and_a_threshold()
    {
        Shape shape = new(5);
        Assert.Equal([0, 0, 1, 3, 7], LayerRun.Of(Plain, shape, -2, 0, 1, 3, 7));
        Assert.Equal([0, 0, 1, 3, 6], LayerRun.Of(Plain with { MaxValue = 6 }, shape, -2, 0, 1, 3, 7));
        Assert.Equal(
            [-2, -1, -.5f, 3, 6], LayerRun.Of(Plain with { MaxValue = 6, NegativeSlope = .5f, Threshold = 2 }, shape, -2, 0, 1, 3, 7));
        Assert.Contains("negative slope", (Plain with { NegativeSlope = .5f }).QuantizationObstacle, StringComparison.Ordinal);
        Assert.Contains("threshold", (Plain with { Threshold = .5f }).QuantizationObstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => Gen.Select(SpatialCase.Any, Gen.Bool, Gen.Float[.5f, 9]).Sample(
        (given, bounded, bound) =>
        {
            ReLU layer = Plain with { MaxValue = bounded ? bound : null };
            LayerOracle.AssertSame(Quantizing.Of<QuantizedReLU>(layer, output: -given.Bits, ranges: [2]), given.Seed, given.Integers);
            LayerOracle.AssertSame(
                Quantizing.Of<QuantizedReLU>(layer),
                given.Seed,
                given.Integers with { Scales = ScalarOrVector<float>.Scalar(.0347f), HasConstantScales = !bounded });
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        ReLU layer = Plain with { MaxValue = 6, NegativeSlope = .5f, Threshold = 2 };
        ReLU read = StoredLayer.AssertReadBack(layer);
        Assert.Equal((6f, .5f, 2f), (read.MaxValue, read.NegativeSlope, read.Threshold));
        Assert.Null(StoredLayer.AssertReadBack(Plain).MaxValue);
        QuantizedReLU quantized = Quantizing.Of<QuantizedReLU>(Plain, output: -4, ranges: [1, 2]);
        StoredLayer.AssertReadBack(quantized, "layer/output_quantizer/range_max:0 (2,)", "layer/output_quantizer/rescaling_rate:0 (2,)");
        StoredLayer.AssertShapesChecked(quantized);
        Assert.Equal(6f, StoredLayer.Read<QuantizedReLU>("Custom>QuantizedReLU").MaxValue);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedReLU quantized = Quantizing.Of<QuantizedReLU>(Plain);
        LayerRun.RefusesIntegers(Plain, 3);
        LayerRun.RefusesFloats(quantized, 3);
        LayerRun.Refuses("LayerInputMismatch", "33 value bits", quantized, LayerRun.Integers([3], 33, 0));
        QuantException error = Assert.Throws<QuantException>(
            () => Plain.Quantize(new QuantSettings { ["weight_quantizer"] = new QuantSettings() }, Quantizing.Context));
        Assert.Equal(("ConfigKeyUnknown", "layer"), (error.Id, error.Target));
    }
}
