using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md: sums of each channel over the last frames.</summary>
public sealed class AkidaDepthwiseBufferTempConvTests
{
    private static readonly AkidaDepthwiseBufferTempConv Plain = new()
    {
        Name = "layer",
        FifoSize = 2,
        OutputBits = 32,
        Activation = ActivationType.NoActivation,
        Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1, 2, 2], 1, 10, 100, -100))),
    };

    [Fact]
    public void Frames_are_remembered_channel_by_channel()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 1, 2));
        Assert.Equal([new Shape(1, 1, 2, 2)], run.State);
        Assert.Equal([100, -200], run.Run([1, 2]));
        Assert.Equal([301, -380], run.Run([3, 4]));
        Assert.Equal(4, run.Macs);
    }

    [Fact]
    public void A_rectifier_comes_unless_it_is_taken_away()
    {
        AkidaDepthwiseBufferTempConv layer = Plain with
        {
            Activation = new AkidaDepthwiseBufferTempConv { Name = "layer", FifoSize = 2 }.Activation,
        };
        Assert.Equal([100, 0], AkidaLayerRun.Of(layer, [1, 1, 2], 1, 2));
        Assert.Equal([200, 0], AkidaLayerRun.Of(AkidaLayerRun.With(layer, "input_shift", (byte[])[1, 0]), [1, 1, 2], 1, 2));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("DepthwiseBufferTempConv", Plain.TypeName);
        Assert.StartsWith("fifo_size=2 activation=NoActivation", AkidaLayerRun.Parameters(Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused() => AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 1, 2);
}
