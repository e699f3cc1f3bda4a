using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md: all values of a sample meet all weights of a unit.</summary>
public sealed class AkidaDense1DTests
{
    private static readonly AkidaDense1D Plain = new()
    {
        Name = "layer",
        Units = 2,
        OutputBits = 28,
        Variables = Emulation.Variables(("weights", Emulation.Weights([4, 2], 1, -1, 10, -10, 100, -100, 0, 1))),
    };

    [Fact]
    public void An_image_is_a_row()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(2, 1, 2));
        Assert.Equal([321, -317], run.Run([1, 2, 3, 4]));
        Assert.Equal((new Shape(1, 1, 2), 8L), (run.Output.Shape, run.Macs));
    }

    [Fact]
    public void Channels_are_shifted_and_saturate_when_they_are_flattened()
    {
        AkidaLayer layer = AkidaLayerRun.With(Plain, "flatten_shift", (byte[])[1, 0]);
        Assert.Equal([2 + 20 + 600, -2 - 20 - 600 + 4], AkidaLayerRun.Of(layer, [2, 1, 2], 1, 2, 3, 4));
        Assert.Equal([127 + 0 - 12_800, -127 + 0 + 12_800 + 0], AkidaLayerRun.Of(layer, [2, 1, 2], 100, 0, -100, 0));
        Assert.Equal(
            [1 + 20 + 300, -1 - 20 - 300 + 64],
            AkidaLayerRun.Of(AkidaLayerRun.With(Plain, "input_shift", (byte[])[0, 0, 0, 4]), [2, 1, 2], 1, 2, 3, 4));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("Dense1D", Plain.TypeName);
        Assert.Equal(
            "units=2 activation=NoActivation output_bits=28 output_signed=True buffer_bits=28 post_op_buffer_bits=32 weights_bits=8",
            AkidaLayerRun.Parameters(Plain));
    }

    [Fact]
    public void What_does_not_fit_is_refused() => AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 2, 1, 2);
}
