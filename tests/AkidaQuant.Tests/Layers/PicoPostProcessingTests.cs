using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 10.3.</summary>
public sealed class PicoPostProcessingTests
{
    private static readonly QuantizationContext Context = new(8, 32);

    [Fact]
    public void PicoPostProcessing_compares_the_mean_distance_with_its_threshold()
    {
        QuantizedSpec prediction = new(new Shape(2, 2), 31, ScalarOrVector<int>.Scalar(3));
        QuantizedSpec target = new(new Shape(2, 2), 7, ScalarOrVector<int>.Scalar(0));
        LayerRun run = new(
            new PicoPostProcessing { Name = "pico", Threshold = 2 }.Quantize(null, new QuantizationContext(8, 32)), 2, prediction, target);
        Assert.Equal((1, 0), (run.Output.ValueBits, run.Output.FracBits[0]));
        Assert.Equal([1, 0, 0, 0], run.Run([50, 61, 90, 70, 12, 20, 3, 4], [5, 6, 7, 9, 1, 1, 1, 1]));
    }

    [Theory]
    [InlineData(1.5, 0, 1)]
    [InlineData(1.0, 1, 1)]
    public void A_threshold_between_integers_is_reached_from_the_next_one_on(double threshold, long atOne, long atTwo)
    {
        QuantizedSpec prediction = new(new Shape(2, 1), 31, ScalarOrVector<int>.Scalar(0));
        QuantizedSpec target = new(new Shape(2, 1), 7, ScalarOrVector<int>.Scalar(0));
        LayerRun run = new(
            new PicoPostProcessing { Name = "pico", Threshold = threshold }.Quantize(null, new QuantizationContext(8, 32)),
            1,
            prediction,
            target);
        Assert.Equal([atOne], run.Run([2, -1], [0, 0]));
        Assert.Equal([atTwo], run.Run([2, -3], [0, 0]));
    }

    [Fact]
    public void Predictions_are_compared_with_integers_only()
    {
        QuantizedSpec prediction = new(new Shape(4, 1), 31, ScalarOrVector<int>.Scalar(3));
        QuantizedLayer layer = new PicoPostProcessing { Name = "layer", Threshold = 1 }.Quantize(null, Context);
        QuantException refusal = Assert.Throws<QuantException>(
            () => new LayerRun(layer, 1, prediction, new QuantizedSpec(new Shape(4, 1), 7, ScalarOrVector<int>.Scalar(2))));
        Assert.Equal("LayerInputMismatch", refusal.Id);
        Assert.Contains("integer input type", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The distances of the first channel are 1 and 2, those of the second 0 and 4.</summary>
    [Theory]
    [InlineData(1.25, 1, 1)]
    [InlineData(1.75, 0, 1)]
    [InlineData(2.25, 0, 0)]
    public void Floats_are_compared_by_their_mean_distance(double threshold, float first, float second)
    {
        PicoPostProcessing layer = new() { Name = "layer", Threshold = threshold };
        Shape sequence = new(2, 2);
        Assert.Equal([first, second], LayerRun.Of(layer, (sequence, [1, 5, 5, 6]), (sequence, [0, 5, 7, 2])));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        PicoPostProcessing layer = new() { Name = "layer", Threshold = 2.5 };
        Assert.Equal(2.5, StoredLayer.AssertReadBack(layer).Threshold);
        StoredLayer.AssertReadBack(
            Quantizing.Of<QuantizedPicoPostProcessing>(layer), "layer/range_max:0 (1,)", "layer/rescaling_rate:0 (1,)");
        StoredLayer.Refuses("Custom>PicoPostProcessing", "threshold", "a number", ("threshold", double.NaN));
        StoredLayer.Refuses("Custom>QuantizedPicoPostProcessing", "threshold", "a number");
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        PicoPostProcessing layer = new() { Name = "layer", Threshold = 1 };
        FloatSpec sequence = new(new Shape(2, 2));
        LayerRun.RefusesIntegers(layer, 2, 2);
        LayerRun.RefusesFloats(Quantizing.Of<QuantizedPicoPostProcessing>(layer), 2, 2);
        LayerRun.Refuses("LayerInputMismatch", "two sequences", layer, sequence, new FloatSpec(new Shape(2, 3)));
        LayerRun.Refuses("LayerInputMismatch", "two sequences", layer, new FloatSpec(new Shape(2)), new FloatSpec(new Shape(2)));
    }
}
