using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md: values spread over windows of an image that is twice as large.</summary>
public sealed class AkidaConv2DTransposeTests
{
    private static readonly AkidaConv2DTranspose Plain = new()
    {
        Name = "layer",
        Filters = 1,
        KernelSize = 2,
        OutputBits = 28,
        Activation = ActivationType.NoActivation,
        Variables = Emulation.Variables(("weights", Emulation.Weights([2, 2, 1, 1], 1, 2, 3, 4))),
    };

    [Fact]
    public void Each_value_spreads_over_its_window()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 2, 1));
        Assert.Equal([3, 6, -4, -8, 9, 12, -12, -16], run.Run([3, -4]));
        Assert.Equal((new Shape(2, 4, 1), 8L), (run.Output.Shape, run.Macs));
        Assert.Equal([3, 6, 0, 0, 9, 12, 0, 0], AkidaLayerRun.Of(Plain with { Activation = ActivationType.ReLU }, [1, 2, 1], 3, -4));
    }

    [Fact]
    public void Windows_overlap_where_the_kernel_is_larger_than_the_stride()
    {
        AkidaConv2DTranspose layer = Plain with
        {
            KernelSize = 3,
            Variables = Emulation.Variables(("weights", Emulation.Weights([3, 3, 1, 1], 1, 2, 3, 4, 5, 6, 7, 8, 9))),
        };
        Assert.Equal([1, 2, 13, 20, 4, 5, 46, 50], AkidaLayerRun.Of(layer, [1, 2, 1], 1, 10));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("Conv2DTranspose", Plain.TypeName);
        Assert.StartsWith("filters=1 kernel_size=2 activation=NoActivation", AkidaLayerRun.Parameters(Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 2, 1);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "(height, width, channels)", Plain, AkidaLayerRun.Bytes(2, 1));
    }
}
