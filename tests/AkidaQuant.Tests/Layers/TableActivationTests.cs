using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>The worked examples and rules of layers.md 5.2.</summary>
public sealed class TableActivationTests
{
    private static readonly (QuantizedSpec Spec, long[] Values) Input = LayerRun.Fixed(new Shape(7), 3, [1], -8, -5, -1, 0, 1, 5, 7);

    [Theory]
    [InlineData("gelu", 0.000427198858f, new long[] { 0, -36, -361, 0, 809, 5816, 8191 })]
    [InlineData("swish", 0.000414773152f, new long[] { -173, -457, -455, 0, 750, 5570, 8191 })]
    [InlineData("hard_silu", 0.000427298248f, new long[] { 0, -488, -488, 0, 683, 5363, 8191 })]
    [InlineData("leaky_relu", 0.000427298248f, new long[] { -1872, -1170, -234, 0, 1170, 5851, 8191 })]
    public void The_table_gives_the_integers_of_the_worked_examples(string function, float scale, long[] expected)
    {
        (QuantizedSpec spec, RecordedVariables recorded, long[] values) = LayerRun.Of(Activation(function), Input);
        Assert.Equal(expected, values);
        Assert.Equal((13, ScalarOrVector<int>.Scalar(0)), (spec.ValueBits, spec.FracBits));
        Assert.InRange(spec.Scales!.Value[0], MathF.BitDecrement(scale), MathF.BitIncrement(scale));
        Assert.Equal(16, recorded.Tensor("lut_values")!.Values.Values.Length);
    }

    [Fact]
    public void The_output_quantizer_gives_the_integers_of_the_worked_example()
    {
        QuantizedActivation layer = Activation("gelu") with
        {
            Settings = new QuantSettings { ["lut_bitwidth"] = 10 },
            OutputQuantizer = new OutputQuantizer { RangeMax = NdArray<float>.Scalar(4f) },
        };
        (QuantizedSpec spec, _, long[] values) = LayerRun.Of(layer, LayerRun.Fixed(new Shape(5), 3, [1], 5, -3, 0, 7, -8));
        Assert.Equal([79, -3, 0, 112, 0], values);
        Assert.Equal((7, ScalarOrVector<int>.Scalar(5)), (spec.ValueBits, spec.FracBits));
    }

    [Fact]
    public void Tables_are_the_rounded_function_and_their_greatest_entry_fills_the_bits() =>
        (from function in Gen.OneOf("gelu", "swish", "hard_silu", "leaky_relu")
         from alpha in Gen.Double[0, 1.5]
         from valueBits in Gen.Int[2, 11]
         from fracBits in Gen.Int[-3, 11]
         from bits in Gen.Int[6, 15]
         select (function, alpha, valueBits, fracBits, bits)).Sample(
            @case =>
            {
                (string function, double alpha, int valueBits, int fracBits, int bits) = @case;
                LookupTable table = LookupTable.Of(TableFunction.Exact(function, alpha), valueBits, fracBits, bits);
                Assert.Equal(2 << valueBits, table.Values.Length);
                Assert.Equal((1 << bits) - 1, table.Values.Max(Math.Abs));
                for (int i = 0; i < table.Values.Length; i++)
                {
                    double x = Math.ScaleB(i - (1 << valueBits), -fracBits);
                    Assert.InRange(
                        table.Values[i] * (double)table.Scale,
                        Real(function, alpha, x) - (0.51 * table.Scale),
                        Real(function, alpha, x) + (0.51 * table.Scale));
                }
            },
            iter: 200);

    [Fact]
    public void The_float_layer_computes_the_function() =>
        Gen.Select(Gen.OneOf("gelu", "swish", "hard_silu", "leaky_relu"), Gen.Double[0, 1.5], Gen.Float[-12, 12].Array[40])
            .Sample(
                (function, alpha, values) =>
                {
                    float[] outputs = LayerRun.Of(
                        new TableActivation
                        {
                            Name = "a",
                            Function = function,
                            Alpha = alpha,
                        },
                        new Shape(40),
                        values);
                    for (int i = 0; i < values.Length; i++)
                    {
                        double expected = Real(function, alpha, values[i]);
                        Assert.InRange(outputs[i], expected - 3e-6, expected + 3e-6);
                    }
                },
                iter: 100);

    [Theory]
    [InlineData("swish")]
    [InlineData("gelu")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("exponential")]
    public void Float_functions_give_each_value_the_same_bits_among_few_and_among_many(string function) =>
        Gen.Float[-9, 9]
            .Array[1, 70]
            .Sample(
                values =>
                {
                    float[] together = Run(values);
                    for (int i = 0; i < values.Length; i++)
                    {
                        Assert.Equal(Run([values[i]])[0], together[i]);
                    }

                    float[] Run(float[] some) =>
                        LayerRun.Of(
                            TableFunction.Normalize(function) is not null
                                ? new TableActivation { Name = "a", Function = function }
                                : new Activation { Name = "a", Function = function },
                            new Shape(some.Length),
                            some);
                },
                iter: 100);

    [Fact]
    public void Inputs_that_are_per_axis_scaled_or_too_wide_are_refused()
    {
        QuantizedActivation layer = Activation("gelu");
        Assert.Equal("LayerInputMismatch", Refusal(new QuantizedSpec(new Shape(1, 1, 2), 7, ScalarOrVector<int>.Vector([3, 4]))));
        Assert.Equal(
            "LayerInputMismatch",
            Refusal(new QuantizedSpec(new Shape(2), 7, ScalarOrVector<int>.Scalar(3), ScalarOrVector<float>.Scalar(1f))));
        Assert.Equal("LayerInputMismatch", Refusal(new QuantizedSpec(new Shape(2), 31, ScalarOrVector<int>.Scalar(3))));

        string Refusal(QuantizedSpec input) => Assert.Throws<QuantException>(() => new LayerRun(layer, 1, input)).Id;
    }

    [Fact]
    public void Names_are_those_that_Keras_writes()
    {
        Assert.Equal("swish", Read("silu").Function);
        Assert.Equal("Activation", Read("gelu").ClassName);
        Assert.Equal("LayerArgumentInvalid", Assert.Throws<QuantException>(() => Read("tanh")).Id);

        static TableActivation Read(string function) =>
            TableActivation.Read(new LayerArguments("a", new Dictionary<string, object?> { ["activation"] = function }));
    }

    [Fact]
    public void Integers_are_those_of_the_plain_operations() => SpatialCase.Any.Sample(
        given =>
        {
            TableActivation layer = new() { Name = "a", Function = "leaky_relu", Alpha = .3 };
            QuantizedSpec input = LayerRun.Integers(given.Input, given.ValueBits, given.FracBits[0]);
            LayerOracle.AssertSame(Quantizing.Of<QuantizedActivation>(layer, output: given.Bits, ranges: [2]), given.Seed, input);
        },
        iter: 50);

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        TableActivation layer = new() { Name = "a", Function = "leaky_relu", Alpha = .3 };
        TableActivation read = StoredLayer.AssertReadBack(layer);
        Assert.Equal(("leaky_relu", .3), (read.Function, read.Alpha));
        QuantizedActivation quantized = Quantizing.Of<QuantizedActivation>(layer, output: 8, ranges: [1]);
        StoredLayer.AssertReadBack(quantized, "a/output_quantizer/range_max:0 ()", "a/output_quantizer/rescaling_rate:0 ()");
        StoredLayer.AssertShapesChecked(quantized);
        LayerRun.RefusesIntegers(layer, 2);
        LayerRun.RefusesFloats(quantized, 2);
    }

    private static QuantizedActivation Activation(string function) =>
        new()
        {
            Name = "a",
            Function = function,
            Settings = new QuantSettings { ["lut_bitwidth"] = 14 },
        };

    private static double Real(string function, double alpha, double x) => function switch
    {
        "gelu" => 0.5 * x * ErrorFunction.Complementary(-x / Math.Sqrt(2)),
        "swish" => x / (1 + Math.Exp(-x)),
        "hard_silu" => x * Math.Clamp(x + 3, 0, 6) / 6,
        _ => x > 0 ? x : alpha * x,
    };
}
