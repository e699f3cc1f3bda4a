using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A transposed convolution along time.</summary>
public sealed class Conv1DTransposeTests
{
    private static readonly Conv1DTranspose Plain = Filled(("filters", 1L), ("kernel_size", 3L), ("strides", 2L));

    [Fact]
    public void Every_step_gives_the_kernel_times_its_value()
    {
        Assert.Equal([1, 10, 102, 20, 200], LayerRun.Of(Plain, new Shape(2, 1), 1, 2));
        Assert.Equal(
            [1, 10, 102, 20], LayerRun.Of(
                Filled(("filters", 1L), ("kernel_size", 3L), ("strides", 2L), ("padding", "same")), new Shape(2, 1), 1, 2));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        StoredLayer.AssertReadBack(
            Filled(("filters", 1L), ("kernel_size", 3L), ("strides", 2L), ("output_padding", 1L)),
            "layer/kernel:0 (3, 1, 1)",
            "layer/bias:0 (1,)");
        StoredLayer.AssertShapesChecked(Plain);
        Assert.Equal(
            [new Shape(3, 1, 5), new Shape(1)], Plain.WeightShapes([new Shape(9, 5)]).Select(weight => weight.Shape));
        StoredLayer.Refuses(
            "Conv1DTranspose", "output_padding", "smaller than the strides",
            ("filters", 1L), ("kernel_size", 3L), ("output_padding", 1L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 1);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Plain, new FloatSpec(new Shape(3)));
        LayerRun.Refuses("LayerInputMismatch", "kernel is for 1 channels", Plain, new FloatSpec(new Shape(3, 3)));
    }

    private static Conv1DTranspose Filled(params (string Key, object? Value)[] arguments) =>
        (Conv1DTranspose)StoredLayer.Read<Conv1DTranspose>("Conv1DTranspose", arguments).WithVariables(
            [new NdArray<float>(new Shape(3, 1, 1), [1, 10, 100]), NdArray<float>.Vector([0])]);
}
