using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 4.7.</summary>
public sealed class DenseTests
{
    /// <summary>The layer of the example.</summary>
    private static Dense Chapter => new()
    {
        Name = "layer",
        Units = 2,
        Kernel = Quantizing.Kernel([3, 2], .7f, -.2f, .3f, .1f, -.4f, .6f),
        Bias = NdArray<float>.Vector([.5f, -.1f]),
    };

    [Fact]
    public void The_integers_are_those_of_the_example()
    {
        QuantizedDense layer = Quantizing.Of<QuantizedDense>(Chapter, bits: 4, output: 8, ranges: [3]);
        LayerRun run = new(layer, 1, LayerRun.Integers([3], 7, 4));
        Assert.Equal([-52, 113], run.Run([10, -4, 100]));
        Assert.Equal([7, -2, 3, 1, -4, 7], run.Recorded.Tensor("weight_quantizer/qweights")!.Values.Values);
        Assert.Equal([80, -19], run.Recorded.Tensor("bias_quantizer/qweights")!.Values.Values);
        Assert.Equal([205, 176], run.Recorded.Tensor("out_quantizer/qscales")!.Values.Values);
        Assert.Equal([-10, -10], run.Recorded.Integers("out_quantizer/shift")!.Values);
        Assert.Equal((7, ScalarOrVector<int>.Scalar(5)), (run.Output.ValueBits, run.Output.FracBits));
        Assert.Equal((10, 8), StoredLayer.Count(layer));
    }

    /// <summary>A weight so small beside the others that its integer is 0 makes the kernel one of all weights.</summary>
    [Fact]
    public void A_kernel_without_weights_off_its_diagonal_gives_the_integers_of_all_weights()
    {
        Dense layer = Chapter with { Kernel = Quantizing.Kernel([2, 2], .7f, 0, 0, -.3f) };
        Dense whole = layer with { Kernel = Quantizing.Kernel([2, 2], .7f, 1e-9f, 0, -.3f) };
        Assert.Equal([.7f, -.3f], layer.Kernel.Diagonal!);
        Assert.Null(whole.Kernel.Diagonal);
        QuantizedSpec input = LayerRun.Integers([2, 2], 7, 4);
        LayerRun expected = new(Quantizing.Of<QuantizedDense>(whole), 1, input);
        LayerRun actual = new(Quantizing.Of<QuantizedDense>(layer), 1, input);
        Assert.Equal(expected.Output.Range, actual.Output.Range);
        Assert.Equal(expected.Run([10, -4, 100, -128]), actual.Run([10, -4, 100, -128]));
        Assert.Equal([(.7f * 2) + .5f, (-.3f * 3) - .1f, .5f, -.3f - .1f], LayerRun.Of(layer, new Shape(2, 2), 2, 3, 0, 1));
    }

    [Fact]
    public void Every_position_has_its_own_product()
    {
        Dense layer = Chapter with { Kernel = Quantizing.Kernel([2, 2], 1, 2, 3, 4), Activation = "relu" };
        Assert.Equal([7.5f, 9.9f, 0, 0], LayerRun.Of(layer, new Shape(2, 2), 1, 2, -1, -2));
        Assert.Equal(new Shape(5, 4, 2), LayerRun.ShapeOver(layer, 5, 4, 2));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            Dense layer = Chapter with
            {
                Units = given.Filters,
                Kernel = given.Values(given.Channels, given.Filters),
                UseBias = given.UseBias,
                Bias = given.Values(given.Filters),
            };
            QuantizedSpec rows = LayerRun.Integers([given.Input[0], given.Channels], given.ValueBits, given.FracBits);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedDense>(layer, given.Bits, output: 8, ranges: [1]), given.Seed, rows);
            LayerOracle.AssertSame(
                Quantizing.Of<QuantizedDense>(layer, given.Bits),
                given.Seed,
                rows with { FracBits = ScalarOrVector<int>.Scalar(given.FracBits[0]), Scales = ScalarOrVector<float>.Scalar(.4f) });
        },
        iter: 200);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        string[] arrays = ["layer/kernel:0 (3, 2)", "layer/bias:0 (2,)"];
        StoredLayer.AssertReadBack(Chapter with { Activation = "softmax" }, arrays);
        StoredLayer.AssertReadBack(Chapter with { UseBias = false, Bias = new NdArray<float>(new Shape(0), []) }, arrays[0]);
        StoredLayer.AssertReadBack(Quantizing.Of<QuantizedDense>(Chapter, bits: 2), arrays);
        StoredLayer.AssertShapesChecked(Chapter);
        StoredLayer.AssertShapesChecked(Quantizing.Of<QuantizedDense>(Chapter, output: 8, ranges: [1]));
        StoredLayer.Refuses("Dense", "units", "an integer", ("units", 1.5));
        StoredLayer.Refuses("Dense", "activation", "one of linear", ("units", 1L), ("activation", "mysh"));
        Assert.Contains("softmax", (Chapter with { Activation = "softmax" }).QuantizationObstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        QuantizedDense layer = Quantizing.Of<QuantizedDense>(Chapter);
        LayerRun.RefusesIntegers(Chapter, 3);
        LayerRun.RefusesFloats(layer, 3);
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 3 channels", Chapter, new FloatSpec(new Shape(2)));
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 3 channels", layer, LayerRun.Integers(2));
        LayerRun.Refuses(
            "LayerInputMismatch",
            "a scale for each channel",
            layer,
            LayerRun.Integers(3) with { Scales = ScalarOrVector<float>.Vector([1, 2, 3]) });
        LayerRun.Refuses(
            "PerAxisNeedsImage", "'per-tensor'", Quantizing.Of<QuantizedDense>(Chapter, output: 8, ranges: [1, 2]), LayerRun.Integers(3));
    }
}
