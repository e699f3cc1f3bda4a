using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 10.1 and 10.2.</summary>
public sealed class StatefulRecurrentTests
{
    private static readonly QuantizationContext Context = new(8, 32);

    [Fact]
    public void StatefulRecurrent_goes_on_from_call_to_call()
    {
        LayerRun run = new(Recurrent(), 1, new QuantizedSpec(new Shape(2, 2), 15, ScalarOrVector<int>.Scalar(10)));
        Assert.Equal([14], run.Recorded.Integers("new_state_shift")!.Values);
        Assert.Equal([-9830, 8192], run.Recorded.Tensor("a_quantizer/qweights")!.Values.Values);
        Assert.Equal(15, run.Recorded.Tensor("a_quantizer/qweights")!.FracBits[0]);
        Assert.Equal([9, 9], run.Output.FracBits.Span.ToArray());
        Assert.Equal([500, 0, -1000, 0, 15450, -150, -497, -250], run.Run([1000, -2000, 30000, 5]));
        Assert.Equal([13863, -4770, -182, -249, 11041, -8452, 4971, -170], run.Run([7, 8, -9, 10000]));
    }

    [Fact]
    public void StatefulRecurrent_quantizes_the_scales_of_its_input()
    {
        LayerRun run = new(
            Recurrent(), 1, new QuantizedSpec(new Shape(2, 2), 27, ScalarOrVector<int>.Scalar(10), ScalarOrVector<float>.Scalar(.37f)));
        RecordedTensor scale = run.Recorded.Tensor("new_state_scale")!;
        Assert.Equal([189], scale.Values.Values);
        Assert.Equal(9, scale.FracBits[0]);
        Assert.Equal([5], run.Recorded.Integers("new_state_shift")!.Values);
        Assert.Equal([185, 0, -369, 0, 5704, -55, -184, -92], run.Run([1000, -2000, 30000, 5]));
    }

    [Fact]
    public void Factors_of_which_one_only_exceeds_1_are_refused()
    {
        StatefulRecurrent layer = new() { Name = "layer", Real = NdArray<float>.Vector([1.5f]), Imaginary = NdArray<float>.Vector([.5f]) };
        QuantException refusal = Assert.Throws<QuantException>(
            () => new LayerRun(layer.Quantize(null, Context), 1, new QuantizedSpec(new Shape(4, 1), 15, ScalarOrVector<int>.Scalar(10))));
        Assert.Equal("LayerInputMismatch", refusal.Id);
        Assert.Contains("A_imag", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void States_have_one_range_of_at_most_16_bits()
    {
        StatefulRecurrent layer = new()
        {
            Name = "layer",
            Real = NdArray<float>.Vector([.5f]),
            Imaginary = NdArray<float>.Vector([.5f]),
        };
        foreach (
            QuantSettings quantizer in (QuantSettings[])
                [new() { ["axis"] = "per-axis" }, new() { ["bitwidth"] = 17 }, new() { ["signed"] = false }])
        {
            QuantSettings settings = new() { ["output_quantizer"] = quantizer };
            Assert.Equal("ConfigValueOutOfRange", Assert.Throws<QuantException>(() => layer.Quantize(settings, Context)).Id);
        }
    }

    /// <summary>Each state is turned by its factor, and the input added to its real part.</summary>
    [Fact]
    public void Floats_turn_their_states()
    {
        StatefulRecurrent layer = new() { Name = "layer", Real = NdArray<float>.Vector([.5f]), Imaginary = NdArray<float>.Vector([2f]) };
        LayerRun run = new(layer, 1, new FloatSpec(new Shape(2, 1)));
        Assert.Equal(new Shape(2, 1, 2), run.Shape);
        Assert.Equal([new Shape(1), new Shape(1)], run.State);
        Assert.Equal([4, 0, 3, 8], run.Floats([4, 1]));
        Assert.Equal([-14.5f, 10, -27.25f, -24], run.Floats([0, 0]));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StatefulRecurrent layer = new()
        {
            Name = "layer",
            Real = NdArray<float>.Vector([.9f, .5f]),
            Imaginary = NdArray<float>.Vector([-.3f, .25f]),
        };
        StoredLayer.AssertReadBack(layer, "layer/A_real:0 (2,)", "layer/A_imag:0 (2,)");
        QuantizedStatefulRecurrent quantized = Quantizing.Of<QuantizedStatefulRecurrent>(layer);
        StoredLayer.AssertReadBack(
            quantized, "layer/A_real:0 (2,)", "layer/A_imag:0 (2,)", "layer/range_max:0 ()", "layer/rescaling_rate:0 ()");
        StoredLayer.AssertShapesChecked(layer);
        StoredLayer.AssertShapesChecked(quantized);
        Assert.Equal((6, 4), StoredLayer.Count(quantized));
        Assert.True(layer.IsStateful);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        StatefulRecurrent layer = new()
        {
            Name = "layer",
            Real = NdArray<float>.Vector([.9f, .5f]),
            Imaginary = NdArray<float>.Vector([-.3f, .25f]),
        };
        QuantizedStatefulRecurrent quantized = Quantizing.Of<QuantizedStatefulRecurrent>(layer);
        LayerRun.RefusesIntegers(layer, 4, 2);
        LayerRun.RefusesFloats(quantized, 4, 2);
        LayerRun.Refuses("LayerInputMismatch", "a sequence (time steps, 2 channels)", layer, new FloatSpec(new Shape(4, 3)));
        LayerRun.Refuses("LayerInputMismatch", "a sequence (time steps, 2 channels)", quantized, LayerRun.Integers(2));
        LayerRun.Refuses(
            "LayerInputMismatch", "its buffer_bitwidth is 33", Quantizing.With(quantized, "buffer_bitwidth", 33), LayerRun.Integers(4, 2));
        LayerRun.Refuses("LayerInputMismatch", "Calibrate with representative samples", quantized, LayerRun.Integers([4, 2], 7, -3));
    }

    private static QuantizedStatefulRecurrent Recurrent()
    {
        StatefulRecurrent floating = new()
        {
            Name = "recurrent",
            Real = NdArray<float>.Vector([.9f, .5f]),
            Imaginary = NdArray<float>.Vector([-.3f, .25f]),
        };
        var quantized = (QuantizedStatefulRecurrent)floating.Quantize(null, new QuantizationContext(8, 32));
        return quantized with { OutputQuantizer = quantized.OutputQuantizer! with { RangeMax = NdArray<float>.Scalar(60f) } };
    }
}
