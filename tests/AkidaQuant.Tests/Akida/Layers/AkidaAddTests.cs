using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>akida-model.md: two tensors shifted to one binary point and added.</summary>
public sealed class AkidaAddTests
{
    private static readonly AkidaAdd Plain = new()
    {
        Name = "layer",
        OutputBits = 32,
        Variables = Emulation.Variables(("a_shift", (byte[])[2, 0]), ("b_shift", (byte[])[0, 3])),
    };

    [Fact]
    public void Channels_have_their_shifts()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 1, 2), AkidaLayerRun.Bytes(1, 1, 2));
        Assert.Equal([399, 20], run.Run([100, -20], [-1, 5]));
        Assert.Equal((32, true, 0L), (run.Output.Bits, run.Output.IsSigned, run.Macs));
    }

    [Fact]
    public void The_sum_is_shifted_to_the_bits_of_the_output()
    {
        AkidaLayer layer = AkidaLayerRun.With(Plain with { OutputBits = 8 }, "output_shift", (sbyte[])[-2, -3]);
        Assert.Equal(
            [113, -57, 29, 2],
            new AkidaLayerRun(layer, AkidaLayerRun.Bytes(2, 1, 2), AkidaLayerRun.Bytes(2, 1, 2)).Run([100, 20, -3, 7], [50, -60, 127, 1]));
        Assert.Equal(
            [0],
            new AkidaLayerRun(
                new AkidaAdd { Name = "layer", Activation = ActivationType.ReLU },
                AkidaLayerRun.Bytes(1),
                AkidaLayerRun.Bytes(1)).Run([5], [-9]));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal(("Add", 2, AkidaVersion.V2), (Plain.TypeName, Plain.InboundCount, Plain.Version));
        Assert.Equal(
            "activation=NoActivation output_bits=32 output_signed=True buffer_bits=32 post_op_buffer_bits=32",
            AkidaLayerRun.Parameters(Plain));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedSpec row = AkidaLayerRun.Bytes(1, 1, 2);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "they have (1, 1, 2) and (1, 2, 2)", Plain, row, AkidaLayerRun.Bytes(1, 2, 2));
        AkidaLayerRun.Refuses("AkidaInputFloat", "Only a Quantizer takes floats", Plain, row, new FloatSpec(row.Shape));
        AkidaLayerRun.Refuses(
            "AkidaVariableShape", "'a_shift' must have 1 or 2 values", AkidaLayerRun.With(Plain, "a_shift", (byte[])[1, 2, 3]), row, row);
    }
}
