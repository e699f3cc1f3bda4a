using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>akida-model.md: a convolution of Akida 1.0, whose potentials fire levels above a threshold.</summary>
public sealed class AkidaConvolutionalTests
{
    private static readonly AkidaConvolutional Plain = new()
    {
        Name = "layer",
        Filters = 1,
        KernelSize = (1, 2),
        Padding = Padding.Valid,
        WeightsBits = 4,
        Activation = false,
        Variables = Emulation.Variables(
            ("weights", Emulation.Weights([1, 2, 1, 1], 1, 3)), ("threshold", (int[])[4]), ("act_step", (float[])[2])),
    };

    [Fact]
    public void Potentials_are_what_lies_above_the_threshold()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(1, 3, 1));
        Assert.Equal([(3 * 5) + 7 - 4, (3 * 7) - 1 - 4], run.Run([5, 7, -1]));
        Assert.Equal((32, true, 4L), (run.Output.Bits, run.Output.IsSigned, run.Macs));
    }

    /// <summary>A step of 2 is stored for 4 bits: with 2 bits there is a level every 8.</summary>
    [Fact]
    public void Levels_are_counted_in_steps()
    {
        AkidaLayerRun run = new(Plain with { Activation = true, ActBits = 2 }, AkidaLayerRun.Bytes(1, 3, 1));
        Assert.Equal([3, 2], run.Run([5, 7, -1]));
        Assert.Equal((2, false), (run.Output.Bits, run.Output.IsSigned));
    }

    [Fact]
    public void A_pool_comes_before_the_threshold()
    {
        Assert.Equal([18], AkidaLayerRun.Of(Plain with { PoolType = PoolType.Max, PoolSize = (1, 2) }, [1, 3, 1], 5, 7, -1));
        Assert.Equal([38], AkidaLayerRun.Of(Plain with { PoolType = PoolType.Average }, [1, 3, 1], 5, 7, -1));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal(("Convolutional", "Conv.", AkidaVersion.V1), (Plain.TypeName, Plain.SummaryTypeName, Plain.Version));
        Assert.Equal(
            "kernel_size=(1, 2) filters=1 kernel_stride=(1, 1) padding=Valid pool_type=NoPooling pool_size=(-1, -1) pool_stride=(-1, -1) "
                + "weights_bits=4 activation=False act_bits=1",
            AkidaLayerRun.Parameters(Plain));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        QuantizedSpec image = AkidaLayerRun.Bytes(1, 3, 1);
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 1, 3, 1);
        AkidaLayerRun.Refuses("AkidaPaddingUnknown", "Akida 1.0 has Valid and Same", Plain with { Padding = Padding.SameUpper }, image);
        AkidaLayerRun.Refuses("AkidaPoolSizeMissing", "needs a pool_size", Plain with { PoolType = PoolType.Max }, image);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "spans 2 does not fit", Plain, AkidaLayerRun.Bytes(1, 1, 1));
        AkidaConvolutional fires = Plain with { Activation = true };
        AkidaLayerRun.Refuses(
            "AkidaVariableShape", "'act_step' must have 1 or 1 values", AkidaLayerRun.With(fires, "act_step", (float[])[1, 2]), image);
        AkidaLayerRun.Refuses("AkidaVariableInvalid", "positive numbers", AkidaLayerRun.With(fires, "act_step", (float[])[0]), image);
    }
}
