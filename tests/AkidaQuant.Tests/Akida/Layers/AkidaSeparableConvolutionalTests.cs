using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>akida-model.md: a kernel for each channel, turned, and one that mixes channels.</summary>
public sealed class AkidaSeparableConvolutionalTests
{
    private static readonly AkidaSeparableConvolutional Plain = new()
    {
        Name = "layer",
        Filters = 1,
        KernelSize = (1, 2),
        Padding = Padding.Valid,
        Activation = false,
        Variables = Emulation.Variables(
            ("weights", Emulation.Weights([1, 2, 2, 1], 1, 2, 3, -2)),
            ("weights_pw", Emulation.Weights([1, 1, 2, 1], 10, 1)),
            ("threshold", (int[])[5])),
    };

    [Fact]
    public void Channels_are_filtered_and_then_mixed()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 2, 2));
        Assert.Equal([(10 * ((3 * 4) + 6)) + (-2 * 5) + (2 * 7) - 5], run.Run([4, 5, 6, 7]));
        Assert.Equal(2 * (2 + 1), run.Macs);
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal(("SeparableConvolutional", "Sep.Conv.", 2), (Plain.TypeName, Plain.SummaryTypeName, Plain.WeightsBits));
        Assert.Equal([new Shape(1, 2, 2, 1), new Shape(1, 1, 2, 1)], Plain.KernelShapes.AsEnumerable());
        Assert.StartsWith("kernel_size=(1, 2) filters=1", AkidaLayerRun.Parameters(Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 2, 2);
        AkidaLayerRun.Refuses(
            "AkidaVariableMissing", "'weights_pw' is not set", AkidaLayerRun.With(Plain, "weights_pw", null), AkidaLayerRun.Bytes(1, 2, 2));
    }
}
