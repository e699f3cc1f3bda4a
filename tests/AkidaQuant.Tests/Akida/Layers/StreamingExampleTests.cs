using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>The examples of convert.md 7 whose layers keep state.</summary>
public sealed class StreamingExampleTests
{
    [Fact]
    public void E5_buffers()
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputData { Name = "input", InputShape = new Shape(1, 1, 2), InputBits = 8, InputSigned = true },
            new AkidaBufferTempConv
            {
                Name = "buffer",
                Inbounds = ["input"],
                Filters = 1,
                FifoSize = 2,
                Variables = Emulation.Variables(
                    ("weights", Emulation.Weights([1, 1, 4, 1], 64, -32, 127, 95)),
                    ("output_scales", (byte[])[250]),
                    ("output_shift", (sbyte[])[-15])),
            },
            new AkidaDepthwiseBufferTempConv
            {
                Name = "depthwise",
                Inbounds = ["buffer"],
                FifoSize = 3,
                Activation = ActivationType.NoActivation,
                OutputBits = 32,
                Variables = Emulation.Variables(
                    ("weights", Emulation.Weights([1, 1, 3, 1], 127, -64, 32)), ("bias", (sbyte[])[77]), ("bias_shift", (byte[])[4])),
            });
        PlanRunner runner = model.Plan.CreateRunner(1);
        List<long> first = [];
        List<long> second = [];
        foreach (short[] frame in (short[][])[[3, 25], [63, 63], [31, 127], [9, 0], [80, 127]])
        {
            frame.CopyTo(((IntegerData)runner.Input).Values<short>(1));
            runner.Run(1, TestContext.Current.CancellationToken);
            first.AddRange(Emulation.Integers(runner[1]));
            second.AddRange(Emulation.Integers(runner[2]));
        }

        Assert.Equal([21, 102, 127, 0, 127], first);
        Assert.Equal([1904, 3152, 1435, 6058, 21425], second);
        Assert.Equal(4 + 3, model.Macs);
        Assert.Equal([new Shape(1, 1, 4, 1)], model["buffer"].KernelShapes.AsEnumerable());
    }

    [Fact]
    public void E6_recurrence()
    {
        IntegerRecurrence recurrence = new([29487], [6455], -15, 31, 15, realOnly: false);
        short[] real = [0];
        short[] imaginary = [0];
        short[] output = new short[6];
        recurrence.Run([-157866240, -34540800, 161441280], real, imaginary, output, 1);
        Assert.Equal([-4818, 0, -5390, -949, 263, -1916], output);
        Assert.Equal([263], real);
        Assert.Equal([-1916], imaginary);
    }
}
