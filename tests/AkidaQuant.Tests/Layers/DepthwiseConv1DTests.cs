using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A convolution of each channel along time.</summary>
public sealed class DepthwiseConv1DTests
{
    private static readonly DepthwiseConv1D Plain = Filled(("kernel_size", 2L), ("depth_multiplier", 2L));

    [Fact]
    public void Each_channel_has_its_own_kernels() => Assert.Equal(
        [1 + 300, 10 + 3000, 2 - 40, 20 - 400, 3 + 500, 30 + 5000, 4 - 60, 40 - 600],
        LayerRun.Of(Plain, new Shape(3, 2), 1, 2, 3, 4, 5, 6));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(Plain, "layer/depthwise_kernel:0 (2, 2, 2)", "layer/bias:0 (4,)");
        StoredLayer.AssertShapesChecked(Plain);
        Assert.Equal(
            [new Shape(2, 5, 2), new Shape(10)], Plain.WeightShapes([new Shape(9, 5)]).Select(weight => weight.Shape));
        StoredLayer.Refuses("DepthwiseConv1D", "padding", "'valid' or 'same'", ("kernel_size", 1L), ("padding", "causal"));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "kernel is for 2 channels", Plain, new FloatSpec(new Shape(3, 3)));
    }

    private static DepthwiseConv1D Filled(params (string Key, object? Value)[] arguments) =>
        (DepthwiseConv1D)StoredLayer.Read<DepthwiseConv1D>("DepthwiseConv1D", arguments).WithVariables(
        [
            new NdArray<float>(new Shape(2, 2, 2), [1, 10, 1, 10, 100, 1000, -10, -100]),
            NdArray<float>.Vector(new float[4]),
        ]);
}
