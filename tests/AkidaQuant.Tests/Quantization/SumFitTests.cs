using System.Globalization;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;

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
        (Model fitted, IReadOnlyList<FitChange> changes) = SumFit.Apply(plain, plain.FloatSource!, samples, new QuantizeOptions());
        Assert.Contains(changes, change => change.Layer == layer && change.What == "output_quantizer");
        double before = OutputDistance.Relative(floating, plain, samples);
        double after = OutputDistance.Relative(floating, fitted, samples);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {before:G3} before, {after:G3} after"));
        Assert.True(before > 0.5, "The plain scheme keeps the reference's integers.");
        Assert.InRange(after, 0, 0.05);
        Assert.Empty(SumFit.Apply(fitted, plain.FloatSource!, samples, new QuantizeOptions()).Changes);
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
        (Model fitted, _) = SumFit.Apply(plain, plain.FloatSource!, samples, new QuantizeOptions());
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
        (Model fitted, IReadOnlyList<FitChange> changes) = SumFit.Apply(quantized, model, samples, new QuantizeOptions());
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
        (Model fitted, IReadOnlyList<FitChange> changes) = SumFit.Apply(quantized, model, samples, new QuantizeOptions());
        double before = OutputDistance.Relative(model, quantized, samples);
        double after = OutputDistance.Relative(model, fitted, samples);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{weights}/{activations}: {before:G3} before, {after:G3} after"));
        output.WriteLine(string.Join('\n', changes));
        Assert.InRange(after, 0, 0.02);
        Assert.True(before > 0.1, "The sums fitted before.");
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
