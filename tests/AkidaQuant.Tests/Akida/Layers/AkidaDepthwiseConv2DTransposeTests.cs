using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md: values of each channel spread over windows of an image that is twice as large.</summary>
public sealed class AkidaDepthwiseConv2DTransposeTests
{
    private static readonly AkidaDepthwiseConv2DTranspose Plain = new()
    {
        Name = "layer",
        KernelSize = 2,
        OutputBits = 28,
        Activation = ActivationType.NoActivation,
        Variables = Emulation.Variables(("weights", Emulation.Weights([2, 2, 2, 1], 1, 10, 2, 20, 3, 30, 4, 40))),
    };

    [Fact]
    public void Channels_stay_apart()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 1, 2));
        Assert.Equal([3, -40, 6, -80, 9, -120, 12, -160], run.Run([3, -4]));
        Assert.Equal((new Shape(2, 2, 2), 8L), (run.Output.Shape, run.Macs));
    }

    [Fact]
    public void Channels_have_their_shifts() => Assert.Equal(
        [3, -80, 6, -160, 9, -240, 12, -320], AkidaLayerRun.Of(AkidaLayerRun.With(Plain, "input_shift", (byte[])[0, 1]), [1, 1, 2], 3, -4));

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("DepthwiseConv2DTranspose", Plain.TypeName);
        Assert.StartsWith("kernel_size=2 activation=NoActivation", AkidaLayerRun.Parameters(Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 1, 2);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "(height, width, channels)", Plain, AkidaLayerRun.Bytes(1, 2));
    }
}
