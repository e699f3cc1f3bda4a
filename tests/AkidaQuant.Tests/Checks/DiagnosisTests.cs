using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Checks;

/// <summary>Each kind of damage is called by its name, at its layer, and what is advised undoes it.</summary>
public sealed class DiagnosisTests
{
    private static readonly Shape Image = new(4, 4, 3);

    [Fact]
    public void Channels_in_front_of_a_flatten_whose_ranges_lie_apart() =>
        Expect(DamageCause.FlattenAlignment, "row", "ranges differ by 2^5", Flattened([1, 32, 1, 32, 1, 32], [0, 0]));

    [Fact]
    public void A_channel_in_front_of_a_flatten_that_never_fires() =>
        Expect(DamageCause.DeadChannels, "row", "1 channels of 'relu' never fired", Flattened([40, 1, 40, 1, 40, 1], [0, -1000]));

    [Fact]
    public void Ranges_far_below_1() => Expect(DamageCause.SmallRanges, "relu", "steps are never finer than 2^-7", Small.Chain(
        Small.Input(null, 4, 4, 3),
        Small.Convolution("conv", 3, 4, bias: false) with { Kernel = Scaled(Small.Weights(3, 3, 3, 4), 0.001f) },
        new ReLU { Name = "relu" },
        Small.Convolution("next", 4, 5, bias: false)));

    [Fact]
    public void Ranges_that_calibration_has_seen_too_small()
    {
        // The moving average of the range follows a late rise by a part of it only.
        float[] values = new float[64 * Image.Size];
        Random random = new(1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() - 0.5f) * (i >= values.Length - (3 * Image.Size) ? 200 : 1);
        }

        Model floating = Small.Chain(Small.Input(null, 4, 4, 3), Small.Convolution("conv", 3, 4), new ReLU { Name = "relu" });
        QuantizeOptions options = new()
        {
            Samples = SampleSet.FromArray(values, Image),
            Parameters = new QuantizationParams { InputType = IntegerType.Int8 },
        };
        Model damaged = Quantizer.Quantize(floating, options);
        Assert.Equal(DamageCause.OutputSaturation, damaged.Check!.Cause);
        Assert.InRange(damaged.Check.ClampedInputs!.Value, 0.1, 100);
        Assert.False(Advice.Follow(damaged, floating, options).Check!.IsDamaged);
    }

    [Fact]
    public void A_bias_that_is_great_beside_the_weights() => Expect(
        DamageCause.Bias, "conv", "its bias is so great beside its weights that it passes the 28 bits", Small.Chain(
            Small.Input(null, 4, 4, 3),
            Small.Convolution("conv", 3, 4) with
            {
                Kernel = Scaled(Small.Weights(3, 3, 3, 4), 0.002f),
                Bias = NdArray<float>.Vector([40, 8, 6, 4]),
            },
            new ReLU { Name = "relu" },
            Small.Convolution("next", 4, 5, bias: false)));

    [Theory]
    [InlineData("batchnorm_maxpool_orders", DamageCause.SumSaturation)]
    [InlineData("float_input_int16", DamageCause.Width)]
    [InlineData("tutorial_1_params", DamageCause.Bias)]
    [InlineData("tutorial_2_partial_config", DamageCause.Bias)]
    [InlineData("digits_ds_cnn_w4a4", DamageCause.Width)]
    public void Networks_of_the_reference(string name, DamageCause cause)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model floating = vectors.ReadModel("float.h5");
        QuantizeOptions options = vectors.Options(vectors.ReadModel("quantized.h5")) with
        {
            Samples = vectors.Samples("samples.npz"),
            Names = null,
        };
        Model damaged = Quantizer.Quantize(floating, options);
        Assert.Equal(cause, damaged.Check!.Cause);
        Followed(damaged, floating, options);
    }

    /// <summary>
    /// Following one advice after the other ends without damage: each step is better than the one before, or what is left begins elsewhere.
    /// </summary>
    internal static void Followed(Model damaged, Model floating, QuantizeOptions options)
    {
        for (int i = 0; damaged.Check!.IsDamaged; i++)
        {
            Assert.True(i < 5, damaged.Check.Warning);
            Model again = Advice.Follow(damaged, floating, options);
            Assert.True(
                again.Check!.Cosine > damaged.Check.Cosine || again.Check.Begins != damaged.Check.Begins,
                $"{damaged.Check.Warning}\n{again.Check.Warning}\n{string.Join('\n', again.Check.Lines())}");
            options = options with { Config = Quantizer.Configuration(again) };
            damaged = again;
        }
    }

    private static void Expect(DamageCause cause, string layer, string reason, Model floating)
    {
        QuantizeOptions options = new()
        {
            Samples = Small.Samples(floating.InputShape, 32),
            BatchSize = 32,
            Parameters = new QuantizationParams { InputType = IntegerType.Int8 },
        };
        List<string> warnings = [];
        Model damaged = Quantizer.Quantize(floating, options with { Warning = warnings.Add });
        QuantCheck check = damaged.Check!;
        Assert.True(check.IsDamaged, string.Join('\n', check.Lines()));
        string warning = Assert.Single(warnings);
        Assert.Equal(check.Warning, warning);
        Assert.True(warning.Contains(reason, StringComparison.Ordinal), warning + "\n" + string.Join('\n', check.Lines()));
        Assert.Equal((cause, layer), (check.Cause, check.Begins));
        Followed(damaged, floating, options);
    }

    private static Model Flattened(float[] kernel, float[] bias) => Small.Chain(
        Small.Input(null, 4, 4, 3),
        Small.Convolution("conv", 3, 2, kernel: 1) with
        {
            Kernel = new NdArray<float>(new Shape(1, 1, 3, 2), kernel),
            Bias = NdArray<float>.Vector(bias),
        },
        new ReLU { Name = "relu" },
        new Flatten { Name = "row" },
        Small.Dense("dense", 32, 4));

    private static NdArray<float> Scaled(NdArray<float> values, float factor) => values.Map(value => value * factor);
}
