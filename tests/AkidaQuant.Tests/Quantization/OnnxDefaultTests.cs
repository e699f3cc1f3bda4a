using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

/// <summary>
/// Networks from ONNX files that the plain scheme ruins come out right by default: relative errors of the outputs on 64 samples that
/// were not calibrated with, uniform from -1 to 1.
/// </summary>
public sealed class OnnxDefaultTests(ITestOutputHelper output)
{
    private const double Tolerance = 0.05;

    [Theory]
    [InlineData("02_flatten_channel_ranges")]
    [InlineData("04b_dead_filter_bias_1000")]
    [InlineData("05_bias_large_all")]
    [InlineData("13_mlp_16bit")]
    public void A_public_network_is_right_at_8_bits(string name)
    {
        Model model = Public(name);
        Model quantized = Check(name, model, 8);
        if (model.InputShape.Rank == 3)
        {
            AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
            IEnumerable<float> emulated = Emulator
                .Run(akida, Tests(model), cancellation: TestContext.Current.CancellationToken)
                .SelectMany(batch => batch.Values);
            Assert.Equal(Small.Outputs(quantized, Tests(model)), emulated);
        }
    }

    [Theory]
    [InlineData("02_flatten_channel_ranges")]
    [InlineData("13_mlp_16bit")]
    public void More_than_12_bits_are_at_least_as_good_as_12(string name)
    {
        Model model = Public(name);
        double twelve = Error(model, Check(name, model, 12));
        foreach (int bits in (int[])[13, 14, 15, 16])
        {
            double error = Error(model, Check(name, model, bits));

            // A tenth is what rounding the same inputs in another way makes.
            Assert.True(error <= twelve * 1.1, string.Create(CultureInfo.InvariantCulture, $"{bits} bits: {error}, and {twelve} at 12."));
        }
    }

    [Theory]
    [InlineData(1f, null)]
    [InlineData(1e-3f, null)]
    [InlineData(1e-3f, 6f)]
    [InlineData(1e-6f, null)]
    public void Activations_as_small_as_those_of_MnasNet_keep_their_precision(float magnitude, float? bound)
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"MnasNet {magnitude} {bound} {seed}");
            Check(name, ShapedNetworks.MnasNet(seed, magnitude, bound), 8);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Residual_networks_with_random_weights_are_right(int deadChannels)
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            Check($"ResNet {deadChannels} {seed}", ShapedNetworks.ResNet(seed, deadChannels), 8);
        }
    }

    [Fact]
    public void A_network_where_nothing_is_wrong_gets_the_integers_of_the_plain_scheme()
    {
        Model model = Model.Create(
            "right",
            isSequential: false,
            [
                new Node(Small.Input(null, 6, 6, 3), []),
                new Node(Small.Convolution("stem", 3, 4), ["input"]),
                new Node(new ReLU { Name = "relu" }, ["stem"]),
                new Node(Small.Convolution("conv", 4, 4), ["relu"]),
                new Node(new Add { Name = "sum" }, ["relu", "conv"]),
                new Node(Small.Convolution("last", 4, 2), ["sum"]),
            ],
            ["last"]);
        SampleSet samples = Small.Samples(model.InputShape);
        List<string> said = [];
        Model[] models = [.. ((bool[])[false, true]).Select(isOnnx => Quantizer.Quantize(
            OutputDistance.From(model, isOnnx), new QuantizeOptions { Samples = samples, BatchSize = samples.Count, Verbose = said.Add }))];
        Assert.DoesNotContain(said, text => text.StartsWith("Layer", StringComparison.Ordinal));
        Assert.Equal(models[0].GraphLayers.SelectMany(Values), models[1].GraphLayers.SelectMany(Values));
    }

    [Fact]
    public void What_came_from_ONNX_is_known_in_files_and_other_processes()
    {
        Model model = Public("02_flatten_channel_ranges");
        Model quantized = Quantize(model, 8);
        Assert.True(quantized.Input.IsFromOnnx);
        Assert.True(quantized.FloatSource!.Input.IsFromOnnx);
        Assert.True(((Model)ObjectBytes.Read(ObjectBytes.Write(quantized))!).Input.IsFromOnnx);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.h5");
        try
        {
            ModelWriter.Write(quantized, path);
            Model read = ModelReader.Read(path);
            Assert.True(read.Input.IsFromOnnx);
            Assert.Equal(Small.Outputs(quantized, Tests(model)), Small.Outputs(read, Tests(model)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Without_a_batch_size_ranges_are_the_extremes_of_all_samples()
    {
        Model model = Public("02_flatten_channel_ranges");
        SampleSet samples = OutputDistance.Uniform(model.InputShape, OutputDistance.CalibrationSeed);
        float[][] ranges = [.. ((int?[])[null, samples.Count]).Select(batch => Quantizer
            .Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = batch })
            .GraphLayers.SelectMany(Values).ToArray())];
        Assert.Equal(ranges[1], ranges[0]);
    }

    private static IEnumerable<float> Values(Layer layer) => layer.Variables.SelectMany(variable => variable.Value.Values);

    private static Model Public(string name) => ModelReader.Read(Repository.PathOf($"tests/vectors/public/onnx/{name}.onnx"));

    private static SampleSet Tests(Model model) => OutputDistance.Uniform(model.InputShape, OutputDistance.TestSeed);

    private static Model Quantize(Model model, int bits) => Quantizer.Quantize(model, new QuantizeOptions
    {
        Samples = OutputDistance.Uniform(model.InputShape, OutputDistance.CalibrationSeed),
        Parameters = OutputDistance.OfBits(bits),
        Cancellation = TestContext.Current.CancellationToken,
    });

    private static double Error(Model model, Model quantized) => OutputDistance.Relative(model, quantized, Tests(model));

    private Model Check(string name, Model model, int bits)
    {
        string before = "refused";
        try
        {
            before = Text(Error(model, Quantize(OutputDistance.AsKeras(model), bits)));
        }
        catch (QuantException error)
        {
            before = error.Id;
        }

        Model quantized = Quantize(model, bits);
        double after = Error(model, quantized);
        output.WriteLine($"{name} at {bits} bits: {before} by the plain scheme, {Text(after)} by default");
        Assert.True(after <= Tolerance, $"{name} at {bits} bits: {Text(after)}");
        return quantized;
    }

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
