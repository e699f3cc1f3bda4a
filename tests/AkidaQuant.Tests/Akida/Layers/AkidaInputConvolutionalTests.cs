using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>akida-model.md: the first convolution of Akida 1.0 takes pixels.</summary>
public sealed class AkidaInputConvolutionalTests
{
    private static readonly AkidaInputConvolutional Plain = new()
    {
        Name = "layer",
        InputShape = new Shape(1, 2, 1),
        Filters = 1,
        KernelSize = (1, 3),
        PaddingValue = 10,
        WeightsBits = 8,
        Activation = false,
        Variables = Emulation.Variables(("weights", Emulation.Weights([1, 3, 1, 1], 1, 2, 3))),
    };

    [Fact]
    public void The_first_weight_meets_the_first_pixel_and_the_border_has_its_value()
    {
        AkidaLayerRun run = new(Plain, Plain.ModelInput);
        Assert.Equal([10 + 510 + 12, 255 + 8 + 30], run.Run([255, 4]));
        Assert.Equal((8, false, 6L), (((QuantizedSpec)Plain.ModelInput).Bits, ((QuantizedSpec)Plain.ModelInput).IsSigned, run.Macs));
    }

    [Fact]
    public void Levels_are_counted_above_the_threshold()
    {
        AkidaLayer layer = AkidaLayerRun.With(
            AkidaLayerRun.With(Plain with { Activation = true, ActBits = 4 }, "threshold", (int[])[290]), "act_step", (float[])[100]);
        Assert.Equal([3, 1], new AkidaLayerRun(layer, Plain.ModelInput).Run([255, 4]));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal(("InputConvolutional", "InputConv.", AkidaVersion.V1), (Plain.TypeName, Plain.SummaryTypeName, Plain.Version));
        Assert.StartsWith("input_shape=(1, 2, 1) kernel_size=(1, 3)", AkidaLayerRun.Parameters(Plain), StringComparison.Ordinal);
        Assert.EndsWith("padding_value=10", AkidaLayerRun.Parameters(Plain), StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 2, 1);
        AkidaLayerRun.Refuses(
            "AkidaPaddingUnknown", "its padding is Explicit", Plain with { Padding = Padding.Explicit }, Plain.ModelInput);
    }
}
