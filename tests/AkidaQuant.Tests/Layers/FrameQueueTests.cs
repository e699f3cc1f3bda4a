using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>What layers over time take.</summary>
public sealed class FrameQueueTests
{
    [Fact]
    public void Inputs_that_are_no_frames_or_sequences_are_refused()
    {
        FloatSpec row = new(new Shape(2));
        Layer[] layers =
        [
            new BufferTempConv
            {
                Name = "layer",
                Filters = 1,
                KernelSize = 1,
                Kernel = new NdArray<float>(new Shape(1, 1, 2, 1), [1f, 1f]),
                UseBias = false,
            },
            new DepthwiseBufferTempConv
            {
                Name = "layer",
                KernelSize = 1,
                Kernel = new NdArray<float>(new Shape(1, 2), [1f, 1f]),
                UseBias = false,
            },
            new StatefulRecurrent
            {
                Name = "layer",
                Real = NdArray<float>.Vector([1f, 1f]),
                Imaginary = NdArray<float>.Vector([0f, 0f]),
            },
            new StatefulProjection
            {
                Name = "layer",
                Units = 1,
                Kernel = new NdArray<float>(new Shape(2, 1), [1f, 1f]),
                UseBias = false,
                Subsample = 2,
            },
        ];
        Assert.All(layers, layer =>
            Assert.Equal("LayerInputMismatch", Assert.Throws<QuantException>(() => new LayerRun(layer, 1, row)).Id));
        Assert.Equal(
            "LayerInputMismatch",
            Assert.Throws<QuantException>(() => new LayerRun(new PicoPostProcessing { Name = "layer", Threshold = 1 }, 1, row, row)).Id);
    }
}
