using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Optimization;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Optimization;

/// <summary>Optimized models: nearer to the float network, in the same format, whatever the network.</summary>
public sealed class OptimizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Random_networks_are_never_worse_and_go_through_files_unchanged() => RandomNetwork.Any.Sample(
        network =>
        {
            SampleSet samples = Samples(network);
            Model quantized = Quantizer.Quantize(network.Model, new QuantizeOptions { Parameters = network.Parameters, Samples = samples });
            Model optimized = Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples });
            Assert.True(optimized.Optimization!.ErrorAfter <= optimized.Optimization.ErrorBefore);
            Assert.Equal(quantized.Nodes.Select(node => node.Name), optimized.Nodes.Select(node => node.Name));
            string path = Path.Combine(_folder, "optimized.h5");
            ModelWriter.Write(optimized, path);
            Assert.Equal(Outputs(optimized, samples), Outputs(ModelReader.Read(path), samples));
        },
        iter: RandomNetwork.Count / 4,
        threads: 1);

    [Fact]
    public void Networks_that_convert_still_convert_and_give_what_the_emulator_gives() => RandomNetwork.Convertible.Sample(
        network =>
        {
            SampleSet samples = Samples(network);
            // In one batch, so that no sample lies beyond the range of the input, where the emulator ends at 0 (numerics.md 6.1).
            Model quantized = Quantizer.Quantize(
                network.Model, new QuantizeOptions { Parameters = network.Parameters, Samples = samples, BatchSize = samples.Count });
            if (!Converts(quantized))
            {
                return;
            }

            Model optimized = Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples });
            AkidaModel akida = AkidaConverter.Convert(optimized, AkidaVersion.V2);
            float[] potentials = [.. Emulator.Run(akida, samples).SelectMany(batch => batch.Values)];
            Assert.Equal(Outputs(optimized, samples), potentials);
        },
        iter: RandomNetwork.Count / 4,
        threads: 1);

    [Fact]
    public void Streams_are_optimized_in_their_order() => StreamingNetworks.Seeds.Sample(
        seed =>
        {
            Model network = StreamingNetworks.Frames(seed);
            SampleSet samples = RandomSamples.Create(network.InputShape, 12, IntegerType.Int8, (ulong)seed);
            Model quantized = Quantizer.Quantize(network, new QuantizeOptions
            {
                Parameters = new QuantizationParams { WeightBits = 4, ActivationBits = 4, InputType = IntegerType.Int8 },
                Samples = samples,
                BatchSize = 1,
            });
            OptimizationReport report = Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples }).Optimization!;
            Assert.True(report.ErrorAfter <= report.ErrorBefore);
        },
        iter: 20,
        threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Threads_do_not_matter(bool perTensor)
    {
        (Model quantized, SampleSet samples) = Residual(perTensor);
        float[][] results = [.. new[] { 1, 2, 7 }.Select(threads =>
            Values(Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples, Threads = threads })))];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Few_bits_come_much_nearer_and_say_what_changed(bool perTensor)
    {
        (Model quantized, SampleSet samples) = Residual(perTensor);
        OptimizationReport report = Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples }).Optimization!;
        Assert.True(report.IsImproved);
        Assert.True(report.ErrorAfter < 0.5 * report.ErrorBefore, report.ToString());
        Assert.Equal(48, report.Count);
        Assert.Equal(16, report.HeldBack);
        Assert.Contains(report.Changes, change => change is { Layer: "first", Change: "kernel" });
        Assert.Contains(report.Changes, change => change is { Layer: "relu", Change: "range" });
    }

    [Fact]
    public void Layers_behind_the_last_one_to_change_stay_as_they_are()
    {
        (Model quantized, SampleSet samples) = Residual(perTensor: false);
        Model optimized = Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples, Until = "relu" });
        Assert.Same(quantized.NodeOf("head").Layer, optimized.NodeOf("head").Layer);
        Assert.Same(quantized.NodeOf("branch").Layer, optimized.NodeOf("branch").Layer);
        Assert.NotEqual(Kernel(quantized, "first"), Kernel(optimized, "first"));
    }

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 2)]
    public void A_global_average_of_few_bits_gets_eight_unless_bits_are_kept(bool keepBits, int bits)
    {
        Model network = Small.Chain(
            Small.Input(IntegerType.UInt8, 6, 6, 3),
            Small.Convolution("conv", 3, 8),
            new ReLU { Name = "relu" },
            new GlobalAveragePooling2D { Name = "average" },
            Small.Dense("dense", 8, 4));
        SampleSet samples = RandomSamples.Create(network.InputShape, 64, IntegerType.UInt8, 5);
        Model quantized = Quantizer.Quantize(network, new QuantizeOptions
        {
            Parameters = new QuantizationParams { WeightBits = 4, ActivationBits = 2 },
            Samples = samples,
        });
        Model optimized = Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples, KeepBits = keepBits });
        Assert.Equal(bits, optimized.OutputBitsOf("average"));
    }

    [Fact]
    public void A_model_from_a_file_is_optimized_towards_the_float_model_that_is_given()
    {
        (Model quantized, SampleSet samples) = Residual(perTensor: false);
        string path = Path.Combine(_folder, "plain.h5");
        ModelWriter.Write(quantized, path);
        Model read = ModelReader.Read(path);
        Model fromFile = Optimizer.Optimize(read, new OptimizationOptions { Samples = samples, FloatModel = Float() });
        Assert.Equal(Values(Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples })), Values(fromFile));
    }

    [Fact]
    public void A_model_that_leaves_its_size_open_takes_that_of_the_samples()
    {
        Model network = Small.Chain(
            Small.Input(null, 6, 6, 3), Small.Convolution("conv", 3, 8), new ReLU { Name = "relu" }, Small.Convolution("last", 8, 4));
        SampleSet samples = Small.Samples(network.InputShape, 64);
        Model quantized = Quantizer.Quantize(network, new QuantizeOptions
        {
            Parameters = new QuantizationParams { WeightBits = 3, ActivationBits = 3 },
            Samples = samples,
        });
        Model open = quantized.WithInputShape(new Shape(Shape.Unknown, Shape.Unknown, 3));
        Model optimized = Optimizer.Optimize(open, new OptimizationOptions { Samples = samples });
        Assert.True(optimized.Optimization!.IsImproved);
        Assert.Equal(Values(Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples })), Values(optimized));
    }

    [Fact]
    public void What_is_no_quantized_model_or_no_layer_is_refused()
    {
        (Model quantized, SampleSet samples) = Residual(perTensor: false);
        Assert.Equal("ModelNotQuantized", Refused(() => Optimizer.Optimize(Float(), new OptimizationOptions { Samples = samples })));
        Assert.Equal(
            "UntilLayerUnknown",
            Refused(() => Optimizer.Optimize(quantized, new OptimizationOptions { Samples = samples, Until = "none" })));
        Assert.Equal("FloatLayerMissing", Refused(() => Optimizer.Optimize(quantized, new OptimizationOptions
        {
            Samples = samples,
            FloatModel = Small.Chain(Small.Input(null, 6, 6, 3), Small.Convolution("other", 3, 8)),
        })));
        Assert.Equal("AlreadyQuantized", Refused(() => Optimizer.Optimize(
            quantized, new OptimizationOptions { Samples = samples, FloatModel = quantized })));
    }

    [Fact]
    public void Work_stops_when_it_is_told_to()
    {
        (Model quantized, SampleSet samples) = Residual(perTensor: false);
        using CancellationTokenSource source = new();
        List<string> layers = [];
        Assert.ThrowsAny<OperationCanceledException>(() => Optimizer.Optimize(quantized, new OptimizationOptions
        {
            Samples = samples,
            Progress = new Told(progress =>
            {
                layers.Add(progress.Layer);
                if (progress.Layer == "branch")
                {
                    source.Cancel();
                }
            }),
            Cancellation = source.Token,
        }));
        Assert.DoesNotContain("head", layers);
    }

    private static float[] Kernel(Model model, string layer) => model.NodeOf(layer).Layer.Variables[0].Value.Values;

    private static string Refused(Action action) => Assert.Throws<QuantException>(action).Id;

    private static bool Converts(Model model)
    {
        try
        {
            AkidaConverter.Convert(model, AkidaVersion.V2);
            return true;
        }
        catch (QuantException)
        {
            return false;
        }
    }

    private static SampleSet Samples(RandomNetwork network) => network.Model.Input.Type is { } type
        ? RandomSamples.Create(network.Model.InputShape, 16, type, network.Seed)
        : RandomSamples.CreateFloats(network.Model.InputShape, 16, network.Seed, -1, 1);

    private static float[] Outputs(Model model, SampleSet samples) => [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];

    private static float[] Values(Model model) =>
        [.. model.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values)];

    private static Model Float() => Model.Create(
        "residual",
        isSequential: false,
        [
            new Node(Small.Input(null, 6, 6, 3), []),
            new Node(Random("first", 3, 8, 1), ["input"]),
            new Node(new ReLU { Name = "relu" }, ["first"]),
            new Node(Random("branch", 8, 8, 2), ["relu"]),
            new Node(new Add { Name = "add" }, ["relu", "branch"]),
            new Node(new ReLU { Name = "rectified" }, ["add"]),
            new Node(new Flatten { Name = "flat" }, ["rectified"]),
            new Node(Small.Dense("head", 288, 4), ["flat"]),
        ],
        ["head"]);

    private static Conv2D Random(string name, int channels, int filters, int seed)
    {
        Random random = new(seed);
        Conv2D layer = Small.Convolution(name, channels, filters);
        return layer with
        {
            Kernel = layer.Kernel with { Values = [.. layer.Kernel.Values.Select(_ => ((float)random.NextDouble() - 0.5f) / 2)] },
        };
    }

    private static (Model Quantized, SampleSet Samples) Residual(bool perTensor)
    {
        SampleSet samples = Small.Samples(new Shape(6, 6, 3), 64);
        return (
            Quantizer.Quantize(Float(), new QuantizeOptions
            {
                Parameters = new QuantizationParams { WeightBits = 3, ActivationBits = 3, PerTensorActivations = perTensor },
                Samples = samples,
            }),
            samples);
    }

    private sealed class Told(Action<OptimizationProgress> tell) : IProgress<OptimizationProgress>
    {
        public void Report(OptimizationProgress value) => tell(value);
    }
}
