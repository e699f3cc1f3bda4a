using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md: a convolution over the last frames.</summary>
public sealed class AkidaBufferTempConvTests
{
    private static readonly AkidaBufferTempConv Plain = new()
    {
        Name = "layer",
        Filters = 1,
        FifoSize = 2,
        OutputBits = 32,
        Activation = ActivationType.NoActivation,
        Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1, 4, 1], 1, 10, 100, -100))),
    };

    [Fact]
    public void Frames_are_remembered()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 1, 2));
        Assert.Equal([new Shape(1, 1, 2, 2)], run.State);
        Assert.Equal([-100], run.Run([1, 2]));
        Assert.Equal([21 - 100], run.Run([3, 4]));
        Assert.Equal(4, run.Macs);
    }

    [Fact]
    public void Channels_are_shifted_in_every_frame()
    {
        AkidaLayerRun run = new(AkidaLayerRun.With(Plain, "input_shift", (byte[])[1, 0]), AkidaLayerRun.Bytes(1, 1, 2));
        Assert.Equal([200 - 200], run.Run([1, 2]));
        Assert.Equal([2 + 20 + 600 - 400], run.Run([3, 4]));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("BufferTempConv", Plain.TypeName);
        Assert.Equal(
            "filters=1 fifo_size=2 activation=NoActivation output_bits=32 output_signed=True buffer_bits=32 post_op_buffer_bits=32 "
                + "weights_bits=8",
            AkidaLayerRun.Parameters(Plain));
        Assert.Equal([new Shape(1, 1, 4, 1)], Plain.KernelShapes.AsEnumerable());
    }

    [Fact]
    public void What_does_not_fit_is_refused() => AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 1, 2);
}
