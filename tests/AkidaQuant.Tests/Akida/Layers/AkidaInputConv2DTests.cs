using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md 6: the first convolution takes pixels, keeps its kernel as it is, and has a border of any value.</summary>
public sealed class AkidaInputConv2DTests
{
    private static readonly AkidaInputConv2D Plain = new()
    {
        Name = "layer",
        InputShape = new Shape(2, 2, 1),
        Filters = 1,
        KernelSize = 2,
        OutputBits = 32,
        Activation = ActivationType.NoActivation,
        Variables = Emulation.Variables(("weights", Emulation.Weights([2, 2, 1, 1], 1, 2, 3, 4)), ("padding_value", (byte[])[10])),
    };

    [Fact]
    public void The_first_weight_meets_the_first_pixel_and_the_border_has_its_value()
    {
        AkidaLayerRun run = new(Plain, Plain.ModelInput);
        Assert.Equal([255 + 4 + 9 + 16, 2 + 20 + 12 + 40, 3 + 8 + 30 + 40, 4 + 20 + 30 + 40], run.Run([255, 2, 3, 4]));
        Assert.Equal(
            (new Shape(2, 2, 1), 8, false),
            (Plain.ModelInput.Shape, ((QuantizedSpec)Plain.ModelInput).Bits, ((QuantizedSpec)Plain.ModelInput).IsSigned));
        Assert.Equal([284], new AkidaLayerRun(Plain with { Padding = Padding.Valid }, Plain.ModelInput).Run([255, 2, 3, 4]));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("InputConv2D", Plain.TypeName);
        Assert.StartsWith(
            "input_shape=(2, 2, 1) filters=1 kernel_size=2 kernel_stride=1 padding=Same",
            AkidaLayerRun.Parameters(Plain),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 2, 2, 1);
        AkidaLayerRun.Refuses(
            "AkidaVariableShape",
            "'padding_value' must have 1 or 1 values",
            AkidaLayerRun.With(Plain, "padding_value", (byte[])[1, 2]),
            Plain.ModelInput);
    }
}
