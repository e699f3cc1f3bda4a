using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md 6: each channel has its kernel, stored turned.</summary>
public sealed class AkidaDepthwiseConv2DTests
{
    private static readonly AkidaDepthwiseConv2D Plain = new()
    {
        Name = "layer",
        KernelSize = 2,
        Padding = Padding.Valid,
        OutputBits = 28,
        Activation = ActivationType.NoActivation,
        Variables = Emulation.Variables(("weights", Emulation.Weights([2, 2, 2, 1], 1, 10, 2, 20, 3, 30, 4, 40))),
    };

    [Fact]
    public void The_last_weight_of_a_channel_meets_its_first_value()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(2, 2, 2));
        Assert.Equal([4 + 6 + 6 + 4, -40 - 60 - 60 - 40], run.Run([1, -1, 2, -2, 3, -3, 4, -4]));
        Assert.Equal(8, run.Macs);
    }

    [Fact]
    public void Channels_have_their_shifts() => Assert.Equal(
        [20, -400], AkidaLayerRun.Of(AkidaLayerRun.With(Plain, "input_shift", (byte[])[0, 1]), [2, 2, 2], 1, -1, 2, -2, 3, -3, 4, -4));

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("DepthwiseConv2D", Plain.TypeName);
        Assert.StartsWith("kernel_size=2 kernel_stride=1 padding=Valid", AkidaLayerRun.Parameters(Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 2, 2, 2);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "spans 2 does not fit", Plain, AkidaLayerRun.Bytes(1, 2, 2));
    }
}
