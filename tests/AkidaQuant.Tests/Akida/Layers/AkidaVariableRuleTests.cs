using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>akida-model.md 1.3 to 1.6: what variables and parameters can be.</summary>
public sealed class AkidaVariableRuleTests
{
    private static readonly AkidaConv2D Conv = new() { Name = "conv", Filters = 2, KernelSize = 3, WeightsBits = 4 };

    private static readonly AkidaFullyConnected Dense = new() { Name = "dense", Units = 2 };

    public static TheoryData<string, object, string, string> Bad => new()
    {
        { "weights", Kernel(99), "AkidaVariableRange", "'weights' must hold -8 to 7, but value 5 is 99" },
        { "weights", Kernel(8), "AkidaVariableRange", "but value 5 is 8" },
        { "weights", Kernel(-9), "AkidaVariableRange", "but value 5 is -9" },
        { "weights", Emulation.Weights([3, 3, 2], new int[18]), "AkidaVariableShape", "the shape (3, 3, None, 2), but it has (3, 3, 2)" },
        { "weights", Emulation.Weights([3, 2, 1, 2], new int[12]), "AkidaVariableShape", "but it has (3, 2, 1, 2)" },
        { "weights", NdArray<int>.Filled(new Shape(3, 3, 1, 2), 1), "AkidaVariableType", "must be of type int8 and shape (3, 3, None, 2)" },
        { "bias", (int[])[1, 2], "AkidaVariableType", "but it is int32 (2,)" },
        { "bias", (sbyte[])[1, 2, 3], "AkidaVariableShape", "1 or 2 values, but it has the shape (3,)" },
        { "bias_shift", (byte[])[0, 55], "AkidaVariableRange", "0 to 54, but value 1 is 55" },
        { "output_scales", (sbyte[])[1], "AkidaVariableType", "uint8" },
        { "wieghts", (sbyte[])[1], "AkidaVariableUnknown", "It has: weights, input_shift, bias" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_a_variable_cannot_be_is_refused(string name, object value, string id, string part)
    {
        QuantException error = Assert.Throws<QuantException>(() => AkidaLayerRun.With(Conv, name, value).Check());
        Assert.Equal((id, "conv"), (error.Id, error.Target));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_refuses_it_too() => Assert.Equal("AkidaVariableRange", Assert.Throws<QuantException>(() => Emulation.Model(
        AkidaVersion.V2,
        new AkidaInputData { Name = "input", InputShape = new Shape(4, 4, 1), InputBits = 8, InputSigned = true },
        AkidaLayerRun.With(Conv with { Inbounds = ["input"] }, "weights", Kernel(99)))).Id);

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, -2, 1)]
    [InlineData(4, -8, 7)]
    [InlineData(8, -128, 127)]
    public void Weights_have_their_bits(int bits, int min, int max)
    {
        AkidaFullyConnected layer = Dense with { WeightsBits = bits };
        Checked(min);
        Checked(max);
        if (bits < 8)
        {
            Assert.Throws<QuantException>(() => Checked(min - 1));
            Assert.Throws<QuantException>(() => Checked(max + 1));
        }

        void Checked(int value) => AkidaLayerRun.With(layer, "weights", Emulation.Weights([1, 1, 1, 2], value, max)).Check();
    }

    [Fact]
    public void Steps_are_positive_and_scales_finite()
    {
        foreach (float step in (float[])[0, -1, float.NaN, float.PositiveInfinity])
        {
            Refused(Dense, "act_step", step, "must hold positive numbers");
        }

        AkidaDequantizer floats = new() { Name = "floats" };
        Refused(floats, "scales", float.NaN, "must hold finite numbers");
        Refused(floats, "scales", float.NegativeInfinity, "must hold finite numbers");
        AkidaLayerRun.With(floats, "scales", (float[])[-0.5f]).Check();

        static void Refused(AkidaLayer layer, string name, float value, string part)
        {
            QuantException error = Assert.Throws<QuantException>(() => AkidaLayerRun.With(layer, name, (float[])[value]).Check());
            Assert.Equal("AkidaVariableInvalid", error.Id);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Numbers_become_what_the_variable_holds()
    {
        NdArray<sbyte> weights = Read<sbyte>("weights", [18], 1, 2, 3, 4, 5, 6, 7, 8 - 1, 0, 0, 0, 0, 0, 0, 0, 0, -8, 0);
        Assert.Equal(new Shape(3, 3, 1, 2), weights.Shape);
        Assert.Equal(-8, weights.Values[16]);
        Assert.Equal(new Shape(3, 3, 2, 2), Read<sbyte>("weights", [36], new double[36]).Shape);
        Assert.Equal(Shape.Scalar, Read<sbyte>("bias", [], 3).Shape);
        Assert.Equal([200, 100], Read<byte>("output_scales", [2], 200, 100).Values);
        var threshold = (NdArray<int>)Dense.Rule("threshold", null).Read(Dense, NdArray<double>.Scalar(5000));
        Assert.Equal([5000], threshold.Values);
    }

    [Fact]
    public void Numbers_that_the_variable_cannot_hold_are_refused()
    {
        Refused("bias", "AkidaVariableType", "whole numbers, but value 1 is 0.5", [2], 1, 0.5);
        Refused("bias", "AkidaVariableRange", "-128 to 127, but value 0 is 128", [2], 128, 0);
        Refused("bias", "AkidaVariableRange", "value 1 is NaN", [2], 0, double.NaN);
        Refused("weights", "AkidaVariableShape", "but it has (17,)", [17], new double[17]);
        Refused("weights", "AkidaVariableShape", "but it has ()", [], 1);
        Refused("weights", "AkidaVariableRange", "value 17 is 1E+30", [18], [.. new double[17], 1e30]);

        static void Refused(string name, string id, string part, int[] shape, params double[] numbers)
        {
            QuantException error = Assert.Throws<QuantException>(() => Read<sbyte>(name, shape, numbers));
            Assert.Equal(id, error.Id);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parameters_that_no_layer_can_have_are_refused()
    {
        Refused(Conv with { Filters = 0 }, "its filters must be from 1 to 1048576, but it is 0");
        Refused(Conv with { WeightsBits = 9 }, "weights_bits must be from 1 to 8");
        Refused(Conv with { BufferBits = 1000 }, "buffer_bits must be from 2 to 63");
        Refused(Conv with { OutputBits = 0 }, "output_bits must be from 1 to 32");
        Refused(Conv with { PoolSize = -2 }, "pool_size must be from 1 to 32768");
        Refused(Conv with { Activation = (ActivationType)7 }, "activation must be one of NoActivation, ReLU, LUT, but it is 7");
        Refused(new AkidaInputData { Name = "input", InputShape = new Shape(4, 4) }, "input_shape must have three sizes from 1 to 1048576");
        Refused(new AkidaInputData { Name = "input", InputShape = new Shape(4, 0, 1) }, "but it is (4, 0, 1)");
        Refused(new AkidaInputData { Name = "input", InputShape = new Shape(1 << 15, 1 << 15, 1) }, "whose product is at most 268435456");
        Conv.Check();

        static void Refused(AkidaLayer layer, string part)
        {
            QuantException error = Assert.Throws<QuantException>(layer.Check);
            Assert.Equal(("AkidaParameterInvalid", layer.Name), (error.Id, error.Target));
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_rule_says_what_it_asks()
    {
        Assert.Equal("weights: int8 (3, 3, None, 2), -8 to 7", Conv.VariableRules[0].ToString());
        Assert.Equal("act_step: float32 (2,), positive numbers", Dense.VariableRules.Single(rule => rule.Name == "act_step").ToString());
        Assert.Equal("plasticity: float32 (2,), 0 to 1", Dense.VariableRules.Single(rule => rule.Name == "plasticity").ToString());
    }

    private static NdArray<sbyte> Kernel(int value)
    {
        int[] values = new int[18];
        values[5] = value;
        return Emulation.Weights([3, 3, 1, 2], values);
    }

    private static NdArray<T> Read<T>(string name, int[] shape, params double[] numbers) =>
        (NdArray<T>)Conv.Rule(name, null).Read(Conv, new NdArray<double>(new Shape(shape), numbers));
}
