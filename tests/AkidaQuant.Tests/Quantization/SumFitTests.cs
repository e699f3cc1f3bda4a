using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Quantization;

public sealed class SumFitTests(ITestOutputHelper output)
{
    /// <summary>Sums that a global average takes as they are pass 32 bits with their scale.</summary>
    [Theory]
    [InlineData("20_separable", "r2")]
    [InlineData("42_dscnn_kws_like", "s4")]
    public void Sums_before_a_global_average_get_a_quantizer(string name, string layer)
    {
        string path = Repository.PathOf($"tests/vectors/public/keras/{name}");
        SampleSet samples = SampleReader.Read($"{path}.samples.npy");
        Model floating = ModelReader.Read($"{path}.h5");
        Model plain = Quantizer.Quantize(floating, new QuantizeOptions { Samples = samples });
        FittedSums fit = SumFit.Apply(plain, plain.FloatSource!, samples, new QuantizeOptions());
        Model fitted = fit.Model;
        Assert.Contains(fit.Changes, change => change.Layer == layer && change.What == "output_quantizer");
        double before = OutputDistance.Relative(floating, plain, samples);
        double after = OutputDistance.Relative(floating, fitted, samples);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {before:G3} before, {after:G3} after"));
        Assert.True(before > 0.5, "The plain scheme keeps the reference's integers.");
        Assert.InRange(after, 0, 0.05);
        Assert.Empty(SumFit.Apply(fitted, fit.Floating, samples, new QuantizeOptions()).Changes);
        Assert.Equal(Small.Outputs(plain.FloatSource!, samples), Small.Outputs(fit.Floating, samples));
    }

    /// <summary>
    /// Inputs of ranges far apart make sums so fine that an average overflows; what is done about it keeps the average at the end of a
    /// convolution, where Akida has it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_averages_need_converts(bool isDiagonal)
    {
        Model floating = BeforeAverage(isDiagonal);
        SampleSet samples = Small.Samples(floating.InputShape, 16);
        Model plain = Quantizer.Quantize(floating, new QuantizeOptions { Samples = samples, BatchSize = samples.Count });
        FittedSums fit = SumFit.Apply(plain, plain.FloatSource!, samples, new QuantizeOptions());
        output.WriteLine(string.Join('\n', fit.Changes));
        Assert.Equal(isDiagonal, fit.Model.Find("gap_identity_conv") is null);
        Assert.Equal(isDiagonal ? 4 : 8, ((QuantizedLayer)fit.Model.NodeOf("two").Layer).WeightBits);
        Assert.InRange(OutputDistance.Relative(floating, fit.Model, samples), 0, 0.03);
        Assert.True(OutputDistance.Relative(floating, plain, samples) > 0.1, "The sums fitted before.");
        AkidaModel akida = AkidaConverter.Convert(fit.Model, AkidaVersion.V2);
        Assert.Equal(Small.Outputs(fit.Model, samples), Emulator.Run(akida, samples).SelectMany(batch => batch.Values.ToArray()));

        // The configuration, given with the float network, names the same layers.
        QuantConfig config = Quantizer.Configuration(fit.Model);
        Model again = Quantizer.Quantize(floating, new QuantizeOptions { Samples = samples, BatchSize = samples.Count, Config = config });
        Assert.Equal(fit.Model.Nodes.Select(node => node.Name).Order(), again.Nodes.Select(node => node.Name).Order());
        Assert.NotNull(Quantizer.FloatSource(fit.Model, floating).Find(isDiagonal ? "gap" : "gap_identity_conv"));
    }

    [Fact]
    public void Small_sums_before_a_global_average_get_a_quantizer_whose_rate_is_taken_back()
    {
        string path = Repository.PathOf("tests/vectors/public/keras/20_separable");
        SampleSet samples = SampleReader.Read($"{path}.samples.npy");
        const float Factor = 1f / 512;
        Model floating = ModelReader.Read($"{path}.h5").WithLayers(layer => layer switch
        {
            BatchNormalization normalization => normalization.WithVariables(
                [.. normalization.Variables.Select((variable, i) => i < 2 ? variable.Value.Map(value => value * Factor) : variable.Value)]),
            Dense dense => dense.DivideInputs(ScalarOrVector<float>.Scalar(Factor)),
            _ => layer,
        });
        Model plain = Quantizer.Quantize(floating, new QuantizeOptions { Samples = samples });
        Model fitted = SumFit.Apply(plain, plain.FloatSource!, samples, new QuantizeOptions()).Model;
        Assert.True(((QuantizedLayer)fitted.NodeOf("r2").Layer).OutputQuantizer!.RescalingRate.Values[0] > 2);

        // The float network that its rates and weights lead back to is the one that it came from.
        Assert.InRange(OutputDistance.Relative(floating, Quantizer.FloatSource(fitted), samples), 0, 1e-4);
    }

    /// <summary>The reference refuses such a network, so that no integers of it are to be kept.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bias_that_no_accumulator_holds_gets_a_wider_scale(bool isOnnx)
    {
        Model model = OutputDistance.From(WithHugeBias(), isOnnx);
        SampleSet samples = Small.Samples(model.InputShape, 16);
        List<string> said = [];
        Model quantized = Quantizer.Quantize(
            model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count, Verbose = said.Add });
        Assert.Contains(said, text => text.StartsWith("Layer 'one': weights from", StringComparison.Ordinal));
        Assert.InRange(OutputDistance.Relative(model, quantized, samples), 0, 0.02);
    }

    [Fact]
    public void A_file_with_such_a_bias_is_refused_with_what_helps()
    {
        Model model = WithHugeBias();
        SampleSet samples = Small.Samples(model.InputShape, 16);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count });
        Model broken = quantized.WithLayers(layer => layer is QuantizedConv2D { Name: "one" } one
            ? one with { Kernel = one.Kernel.Map(_ => 0f) }
            : layer);
        QuantException error = Assert.Throws<QuantException>(() => Small.Outputs(broken, samples));
        Assert.Equal("ValueBeyondAccumulator", error.Id);
        Assert.Contains("'one'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Quantize the float network again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_changes_where_sums_fit()
    {
        Model model = Small.Chain(
            Small.Input(null, 6, 6, 3), Small.Convolution("one", 3, 4), new ReLU { Name = "relu" }, Small.Convolution("two", 4, 4));
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count });
        (Model fitted, _, IReadOnlyList<FitChange> changes) = SumFit.Apply(quantized, model, samples, new QuantizeOptions());
        Assert.Empty(changes);
        Assert.Same(quantized, fitted);
    }

    /// <summary>Above 12 bits the sums pass what an output holds with its scale; the wider side of inputs and weights gives more.</summary>
    [Theory]
    [InlineData(16, 16)]
    [InlineData(16, 12)]
    [InlineData(8, 16)]
    public void Sums_of_wide_integers_fit_with_bits_of_inputs_and_weights(int weights, int activations)
    {
        Model model = Small.Chain(
            Small.Input(null, 12), Small.Dense("one", 12, 64), new ReLU { Name = "relu" }, Small.Dense("two", 64, 64),
            new ReLU { Name = "relu2" }, Small.Dense("three", 64, 4));
        SampleSet samples = Small.Samples(model.InputShape, 32);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions
        {
            Samples = samples,
            BatchSize = samples.Count,
            Parameters = new QuantizationParams
            {
                InputType = IntegerType.Int8,
                InputWeightBits = weights,
                WeightBits = weights,
                ActivationBits = activations,
                OutputBits = activations,
            },
        });
        (Model fitted, _, IReadOnlyList<FitChange> changes) = SumFit.Apply(quantized, model, samples, new QuantizeOptions());
        double before = OutputDistance.Relative(model, quantized, samples);
        double after = OutputDistance.Relative(model, fitted, samples);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{weights}/{activations}: {before:G3} before, {after:G3} after"));
        output.WriteLine(string.Join('\n', changes));
        Assert.InRange(after, 0, 0.02);
        Assert.True(before > 0.1, "The sums fitted before.");
    }

    private static Model BeforeAverage(bool isDiagonal)
    {
        const int Channels = 8;
        Model model = Small.Chain(
            Small.Input(null, 24, 24, 3), Small.Convolution("one", 3, Channels), new ReLU { Name = "relu" },
            Small.Convolution("two", Channels, Channels), new ReLU { Name = "relu2" },
            new GlobalAveragePooling2D { Name = "gap" }, Small.Dense("dense", Channels, 4));
        return model.WithLayers(layer => layer switch
        {
            Conv2D { Name: "one" } one => one.ScaleOutputs([.. Enumerable.Range(0, Channels).Select(i => MathF.ScaleB(1, i))])
                with { UseBias = false },
            Conv2D { Name: "two" } when isDiagonal => IdentityConvolution.Create("two", Channels),
            _ => layer,
        });
    }

    private static Model WithHugeBias()
    {
        Model model = Small.Chain(
            Small.Input(null, 6, 6, 3), Small.Convolution("one", 3, 4), new ReLU { Name = "relu" }, Small.Convolution("two", 4, 4));
        return model.WithLayers(layer => layer is Conv2D { Name: "one" } one
            ? one with { Kernel = one.Kernel.Map(_ => 0f), Bias = NdArray<float>.Vector([1e5f, 1e5f, 1e5f, 2e5f]) }
            : layer);
    }
}
