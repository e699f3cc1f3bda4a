using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Optimization.Distillation;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Optimization.Distillation;

public sealed class DistillerTests
{
    private static readonly SampleSet Samples = DistilledNetwork.Samples(100);
    private static readonly Model Floating = DistilledNetwork.Float("pool");
    private static readonly Model Quantized = DistilledNetwork.Quantized(Floating, Samples, weightBits: 3, activationBits: 3);

    [Fact]
    public void Samples_that_training_did_not_see_come_nearer_to_the_float_network()
    {
        List<string> told = [];
        List<(int, int)> passes = [];
        Model trained = Distiller.Run(Quantized, Floating, Samples, new DistillationOptions
        {
            Passes = 10,
            BatchSize = 10,
            Verbose = told.Add,
            Progress = (pass, all) => passes.Add((pass, all)),
        });
        SampleSet others = DistilledNetwork.Samples(200, seed: 99);
        double before = Error(Quantized, others);
        double after = Error(trained, others);
        Assert.True(after < before / 2, $"The error was {before} and is {after}.");
        Assert.Equal(Enumerable.Range(1, 10).Select(pass => (pass, 10)), passes);
        Assert.Contains("The loss on 20 samples that were set aside went from", Assert.Single(told), StringComparison.Ordinal);

        // The same layers, settings and ranges, and float weights that the integers give again.
        Assert.Equal(Quantized.Nodes.Select(node => node.ToString()), trained.Nodes.Select(node => node.ToString()));
        Assert.Equal(
            Quantized.GraphLayers.OfType<QuantizedLayer>().Select(layer => layer.OutputQuantizer),
            trained.GraphLayers.OfType<QuantizedLayer>().Select(layer => layer.OutputQuantizer));
        Assert.Same(Quantized.FloatSource, trained.FloatSource);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void Threads_do_not_change_a_bit(int threads)
    {
        DistillationOptions options = new() { Passes = 2, BatchSize = 9, Threads = 1 };
        Model expected = Distiller.Run(Quantized, Floating, Samples, options);
        Model found = Distiller.Run(Quantized, Floating, Samples, options with { Threads = threads });
        Assert.NotSame(Quantized, expected);
        Assert.Equal(Values(expected), Values(found));
    }

    [Fact]
    public void The_seed_decides()
    {
        DistillationOptions options = new() { Passes = 2, BatchSize = 10 };
        Model first = Distiller.Run(Quantized, Floating, Samples, options);
        Assert.Equal(Values(first), Values(Distiller.Run(Quantized, Floating, Samples, options)));
        Assert.NotEqual(Values(first), Values(Distiller.Run(Quantized, Floating, Samples, options with { Seed = 5 })));
    }

    [Fact]
    public void It_can_be_stopped()
    {
        using CancellationTokenSource source = new();
        int passes = 0;
        DistillationOptions options = new()
        {
            Passes = 1000,
            Cancellation = source.Token,
            Progress = (_, _) =>
            {
                passes++;
                source.Cancel();
            },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Distiller.Run(Quantized, Floating, Samples, options));
        Assert.Equal(1, passes);
    }

    [Fact]
    public void Without_a_better_pass_the_same_network_comes_back()
    {
        List<string> told = [];
        Assert.Same(Quantized, Distiller.Run(Quantized, Floating, Samples, new DistillationOptions
        {
            Passes = 1, LearningRate = 1000, Verbose = told.Add,
        }));
        Assert.EndsWith("after pass 0 of 1.", told[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_trained_comes_back_with_the_reason()
    {
        Expect("at least 2 samples are needed", Quantized, Samples.Slice(0, 1));
        Model floating = DistilledNetwork.Float("average");
        Model wide = Model.Create("wide", isSequential: false, [.. floating.Nodes.SkipLast(1)], ["average"]);
        Expect("an output has 3 values, but 4 in the float network", Quantized, Samples, wide);
        Model ending = Model.Create(
            "ending",
            isSequential: false,
            [.. Quantized.Nodes, new Node(new Activation { Name = "log", Function = "log_softmax" }, [Quantized.Outputs[0]])],
            ["log"]);
        Expect("no gradient goes through log (Activation)", ending, Samples);
        VectorCase stateful = VectorCase.Open("temporal_buffers");
        Model keeping = stateful.ReadModel("quantized.h5");
        Expect("the network keeps state from one sample to the next", keeping, stateful.Samples("inputs.npz"), keeping);
    }

    private static void Expect(string reason, Model quantized, SampleSet samples, Model? floating = null)
    {
        List<string> told = [];
        Assert.Same(quantized, Distiller.Run(quantized, floating ?? Floating, samples, new DistillationOptions { Verbose = told.Add }));
        Assert.Equal($"Nothing was trained: {reason}.", Assert.Single(told));
    }

    private static double Error(Model model, SampleSet samples)
    {
        float[] expected = [.. Inference.Run(Floating, samples).SelectMany(batch => batch.Values)];
        float[] found = [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];
        return expected.Zip(found, (a, b) => (double)(a - b) * (a - b)).Sum() / expected.Sum(value => (double)value * value);
    }

    private static float[] Values(Model model) =>
        [.. model.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values)];
}
