using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>convert.md 6: a convolution whose stored kernel is turned, with a pool, an activation and an output of a few bits.</summary>
public sealed class AkidaConv2DTests
{
    private static readonly AkidaConv2D Plain = new()
    {
        Name = "layer",
        Filters = 1,
        KernelSize = 2,
        Padding = Padding.Valid,
        OutputBits = 28,
        Activation = ActivationType.NoActivation,
        Variables = Emulation.Variables(("weights", Emulation.Weights([2, 2, 1, 1], 1, 2, 3, 4))),
    };

    [Fact]
    public void The_last_weight_meets_the_first_value()
    {
        AkidaLayerRun run = new(Plain, AkidaLayerRun.Bytes(2, 3, 1));
        Assert.Equal([4 + 30 - 2 + 100, 40 - 3 + 200 - 127], run.Run([1, 10, -1, -1, 100, -127]));
        Assert.Equal(8, run.Macs);
    }

    [Fact]
    public void A_bias_is_shifted_and_an_input_too()
    {
        AkidaLayer biased = AkidaLayerRun.With(AkidaLayerRun.With(Plain, "bias", (sbyte[])[-3]), "bias_shift", (byte[])[4]);
        Assert.Equal([132 - 48, 110 - 48], AkidaLayerRun.Of(biased, [2, 3, 1], 1, 10, -1, -1, 100, -127));
        Assert.Equal(
            [2 * 132, 2 * 110],
            AkidaLayerRun.Of(AkidaLayerRun.With(Plain, "input_shift", (byte[])[1]), [2, 3, 1], 1, 10, -1, -1, 100, -127));
    }

    [Fact]
    public void A_pool_comes_before_the_rectifier_and_its_bound()
    {
        AkidaConv2D pooled = Plain with { PoolType = PoolType.Max, PoolSize = 1, PoolStride = 2 };
        Assert.Equal([132], AkidaLayerRun.Of(pooled, [2, 3, 1], 1, 10, -1, -1, 100, -127));
        AkidaLayer bounded = AkidaLayerRun.With(
            AkidaLayerRun.With(Plain with { Activation = ActivationType.ReLU }, "max_value", (byte[])[7]), "max_value_shift", (byte[])[4]);
        Assert.Equal([112, 110], AkidaLayerRun.Of(bounded, [2, 3, 1], 1, 10, -1, -1, 100, -127));
        Assert.Equal([242], AkidaLayerRun.Of(Plain with { PoolType = PoolType.Average }, [2, 3, 1], 1, 10, -1, -1, 100, -127));
    }

    [Fact]
    public void The_output_is_scaled_to_its_bits()
    {
        AkidaLayer scaled = AkidaLayerRun.With(
            AkidaLayerRun.With(Plain with { OutputBits = 4 }, "output_scales", (byte[])[3]), "output_shift", (sbyte[])[-6]);
        Assert.Equal([6, 5], AkidaLayerRun.Of(scaled, [2, 3, 1], 1, 10, -1, -1, 100, -127));
        AkidaLayerRun unsigned = new(((AkidaConv2D)scaled) with { OutputSigned = false, OutputBits = 2 }, AkidaLayerRun.Bytes(2, 3, 1));
        Assert.Equal([3, 3], unsigned.Run([1, 10, -1, -1, 100, -127]));
        Assert.Equal((2, false), (unsigned.Output.Bits, unsigned.Output.IsSigned));
    }

    [Fact]
    public void A_table_is_looked_up_by_eleven_bits()
    {
        int[] table = [.. Enumerable.Range(0, AkidaIntegerLayer.LutEntries).Select(key => (key - 1024) * 2)];
        AkidaConv2D layer = Plain with { Activation = ActivationType.LUT };
        AkidaLayerRun.Refuses("AkidaVariableMissing", "'lut_values' is not set", layer, AkidaLayerRun.Bytes(2, 3, 1));
        AkidaLayerRun.Refuses(
            "AkidaVariableShape",
            "must have 2048 values",
            AkidaLayerRun.With(layer, "lut_values", (int[])[1]),
            AkidaLayerRun.Bytes(2, 3, 1));
        Assert.Equal([264, 220], AkidaLayerRun.Of(AkidaLayerRun.With(layer, "lut_values", table), [2, 3, 1], 1, 10, -1, -1, 100, -127));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        Assert.Equal("Conv2D", Plain.TypeName);
        Assert.Equal(
            "filters=1 kernel_size=2 kernel_stride=1 padding=Valid pool_type=NoPooling pool_size=-1 pool_stride=-1 "
                + "activation=NoActivation output_bits=28 output_signed=True buffer_bits=28 post_op_buffer_bits=32 weights_bits=8",
            AkidaLayerRun.Parameters(Plain));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AkidaLayerRun.RefusesWithoutWeights(Plain, "weights", 2, 3, 1);
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "(height, width, channels)", Plain, AkidaLayerRun.Bytes(2, 3));
        AkidaLayerRun.Refuses("AkidaLayerInputMismatch", "spans 2 does not fit", Plain, AkidaLayerRun.Bytes(1, 3, 1));
        AkidaLayerRun.Refuses(
            "AkidaPoolSizeMissing", "needs a pool_size", Plain with { PoolType = PoolType.Max }, AkidaLayerRun.Bytes(2, 3, 1));
        AkidaLayerRun.Refuses(
            "AkidaPaddingUnknown", "its padding is Explicit", Plain with { Padding = Padding.Explicit }, AkidaLayerRun.Bytes(2, 3, 1));
        AkidaLayerRun.Refuses(
            "AkidaPaddingUnknown",
            "no maximum pool",
            Plain with { Padding = Padding.SameUpper, PoolType = PoolType.Max, PoolSize = 2 },
            AkidaLayerRun.Bytes(2, 3, 1));
    }
}
