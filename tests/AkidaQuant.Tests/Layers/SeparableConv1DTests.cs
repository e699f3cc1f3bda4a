using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A convolution of each channel along time, then one over channels.</summary>
public sealed class SeparableConv1DTests
{
    private static readonly SeparableConv1D Plain = (SeparableConv1D)StoredLayer.Read<SeparableConv1D>(
        "SeparableConv1D", ("filters", 1L), ("kernel_size", 2L)).WithVariables(
        [
            new NdArray<float>(new Shape(2, 2, 1), [1, 2, 10, 20]),
            new NdArray<float>(new Shape(1, 2, 1), [1, 100]),
            NdArray<float>.Vector([.5f]),
        ]);

    [Fact]
    public void Two_kernels_follow_each_other() => Assert.Equal(
        [31 + 8400 + .5f, 53 + 12800 + .5f], LayerRun.Of(Plain, new Shape(3, 2), 1, 2, 3, 4, 5, 6));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(
            Plain, "layer/depthwise_kernel:0 (2, 2, 1)", "layer/pointwise_kernel:0 (1, 2, 1)", "layer/bias:0 (1,)");
        StoredLayer.AssertShapesChecked(Plain);
        Assert.Equal(
            [new Shape(2, 5, 1), new Shape(1, 5, 1), new Shape(1)],
            Plain.WeightShapes([new Shape(9, 5)]).Select(weight => weight.Shape));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "kernel is for 2 channels", Plain, new FloatSpec(new Shape(3, 3)));
    }
}
