using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>akida-model.md: where floats enter a model.</summary>
public sealed class AkidaQuantizerTests
{
    private static readonly AkidaQuantizer Plain = new()
    {
        Name = "layer",
        InputShape = new Shape(1, 1, 3),
        Variables = Emulation.Variables(("scales", (float[])[2]), ("zero_points", (byte[])[128])),
    };

    [Fact]
    public void Unsigned_integers_are_moved_by_the_zero_point()
    {
        AkidaLayerRun run = new(Plain, Plain.ModelInput);
        Assert.Equal([138, 0, 255], run.Quantize(5, -99, 99));
        Assert.Equal((8, false, true), (run.Output.Bits, run.Output.IsSigned, Plain.ModelInput is FloatSpec));
    }

    [Fact]
    public void Signed_integers_have_no_zero_point()
    {
        AkidaQuantizer layer = Plain with { OutputSigned = true, OutputBits = 4 };
        Assert.Equal([6, -8, 7], new AkidaLayerRun(layer, layer.ModelInput).Quantize(3, -99, 99));
    }

    [Fact]
    public void Divisors_round_half_to_even()
    {
        AkidaLayer layer = AkidaLayerRun.With(Plain, "divisors", (float[])[.5f]);
        Assert.Equal([128, 130, 130], new AkidaLayerRun(layer, Plain.ModelInput).Quantize(.25f, .75f, 1.25f));
    }

    [Fact]
    public void Channels_that_come_first_go_last()
    {
        AkidaQuantizer layer = Plain with { InputShape = new Shape(2, 1, 3), ChannelsFirst = true, OutputSigned = true };
        Assert.Equal(new Shape(1, 3, 2), layer.OutputShape);
        Assert.Equal([2, 20, 4, 40, 6, 60], new AkidaLayerRun(layer, layer.ModelInput).Quantize(1, 2, 3, 10, 20, 30));
    }

    [Fact]
    public void It_is_of_both_versions()
    {
        Assert.Equal(("Quantizer", null), (Plain.TypeName, Plain.Version));
        Assert.Equal("input_shape=(1, 1, 3) output_bits=8 output_signed=False channels_first=False", AkidaLayerRun.Parameters(Plain));
    }

    [Fact]
    public void Variables_that_do_not_fit_are_refused()
    {
        AkidaLayerRun.Refuses(
            "AkidaVariableShape",
            "'scales' must have 1 or 3 values",
            AkidaLayerRun.With(Plain, "scales", (float[])[1, 2]),
            Plain.ModelInput);
        AkidaLayerRun.Refuses(
            "AkidaVariableShape",
            "'zero_points' must have 1 or 3 values",
            AkidaLayerRun.With(Plain, "zero_points", (byte[])[1, 2]),
            Plain.ModelInput);
        AkidaLayerRun.Refuses(
            "AkidaVariableShape",
            "'divisors' must have 1 or 3 values",
            AkidaLayerRun.With(Plain, "divisors", (float[])[1, 2]),
            Plain.ModelInput);
    }
}
