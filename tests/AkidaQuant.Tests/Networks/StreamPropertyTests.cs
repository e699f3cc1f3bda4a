using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Models;
using AkidaQuant.Tests.Vectors;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>What is true of every network that keeps state.</summary>
public sealed class StreamPropertyTests
{
    private const int Iterations = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_stream_gives_the_same_however_it_is_cut_into_calls() => StreamingNetworks.Seeds.Sample(
        seed =>
        {
            Model quantized = StreamingNetworks.Quantized(StreamingNetworks.Sequences(seed), seed);
            SampleSet pieces = StreamingNetworks.Samples(quantized, 3, seed);
            SampleSet whole = Reshaped(pieces, new Shape(24, pieces.SampleShape[1]));
            SampleSet small = Reshaped(pieces, new Shape(4, pieces.SampleShape[1]));
            float[] expected = StreamingNetworks.Outputs(quantized, pieces, 1);
            Assert.Equal(expected, StreamingNetworks.Outputs(quantized.WithInputShape(whole.SampleShape), whole, 1));
            Assert.Equal(expected, StreamingNetworks.Outputs(quantized.WithInputShape(small.SampleShape), small, 1));
        },
        iter: Iterations,
        threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parallel_streams_do_not_know_of_each_other(bool recurrent) => StreamingNetworks.Seeds.Sample(
        seed =>
        {
            Model quantized = Network(recurrent, seed);
            SampleSet samples = StreamingNetworks.Samples(quantized, 12, seed);
            float[] together = StreamingNetworks.Outputs(quantized, samples, 3);
            int size = quantized.Plan.Output.Shape.Size;
            for (int stream = 0; stream < 3; stream++)
            {
                float[] alone = StreamingNetworks.Outputs(quantized, Every(samples, 3, stream), 1);
                Assert.Equal(together.Chunk(size).Where((_, i) => i % 3 == stream).SelectMany(values => values), alone);
            }
        },
        iter: Iterations,
        threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reset_makes_a_runner_new_and_nothing_else_does(bool recurrent) => StreamingNetworks.Seeds.Sample(
        seed =>
        {
            Model quantized = Network(recurrent, seed);
            AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
            SampleSet samples = StreamingNetworks.Samples(quantized, 6, seed);
            PlanRunner runner = quantized.Plan.CreateRunner(2);
            PlanRunner emulator = akida.Plan.CreateRunner(2);
            float[] first = Run(runner, emulator, quantized, samples);
            runner.Reset();
            emulator.Reset();
            Assert.Equal(first, Run(runner, emulator, quantized, samples));
            Assert.Equal(first, Run(quantized.Plan.CreateRunner(2), akida.Plan.CreateRunner(2), quantized, samples));
        },
        iter: Iterations,
        threads: 1);

    [Fact]
    public void State_goes_on_without_a_reset()
    {
        Model quantized = Network(recurrent: true, 1);
        SampleSet sample = StreamingNetworks.Samples(quantized, 1, 1);
        PlanRunner runner = quantized.Plan.CreateRunner(1);
        float[] first = Step(runner, quantized, sample);
        Assert.NotEqual(first, Step(runner, quantized, sample));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_emulator_gives_the_integers_of_the_quantized_network(bool recurrent) => StreamingNetworks.Seeds.Sample(
        seed =>
        {
            Model quantized = Network(recurrent, seed);
            Assert.True(StreamsAndEmulatedStreams(quantized, StreamingNetworks.Samples(quantized, 20, seed), 2).Distinct().Count() > 2);
        },
        iter: Iterations,
        threads: 1);

    [Fact]
    public void The_emulator_compares_predictions_as_the_quantized_network_does()
    {
        HashSet<float> seen = [];
        StreamingNetworks.Seeds.Sample(
            seed =>
            {
                Model quantized = StreamingNetworks.Quantized(StreamingNetworks.Anomaly(seed), seed);
                seen.UnionWith(StreamsAndEmulatedStreams(quantized, StreamingNetworks.Samples(quantized, 20, seed), 2));
            },
            iter: Iterations,
            threads: 1);
        Assert.Equal([0f, 1f], seen.Order());
    }

    [Fact]
    public void The_network_of_the_reference_is_emulated_over_all_its_frames()
    {
        VectorCase vectors = VectorCase.Open("temporal_buffers");
        StreamsAndEmulatedStreams(vectors.ReadModel("quantized.h5"), vectors.Samples("samples.npz"), 4);
    }

    [Fact]
    public void A_runner_refuses_another_number_of_streams_until_it_is_reset()
    {
        Model quantized = Network(recurrent: false, 2);
        PlanRunner runner = quantized.Plan.CreateRunner(4);
        PlanRunner emulator = AkidaConverter.Convert(quantized, AkidaVersion.V2).Plan.CreateRunner(4);
        runner.Run(4, Cancellation);
        emulator.Run(4, Cancellation);
        Assert.Equal("StreamCountChanged", Assert.Throws<QuantException>(() => runner.Run(3, Cancellation)).Id);
        Assert.Equal("StreamCountChanged", Assert.Throws<QuantException>(() => emulator.Run(3, Cancellation)).Id);
        runner.Reset();
        emulator.Reset();
        runner.Run(3, Cancellation);
        emulator.Run(3, Cancellation);
    }

    [Fact]
    public void Samples_that_are_no_multiple_of_the_streams_are_refused()
    {
        Model quantized = Network(recurrent: false, 3);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        SampleSet samples = StreamingNetworks.Samples(quantized, 10, 3);
        Assert.Equal(
            "StreamLengthsDiffer",
            Assert.Throws<QuantException>(() => Inference.Run(quantized, samples, 4, cancellation: Cancellation).Count()).Id);
        Assert.Equal(
            "StreamLengthsDiffer",
            Assert.Throws<QuantException>(() => Emulator.Run(akida, samples, 4, cancellation: Cancellation).Count()).Id);
    }

    [Fact]
    public void One_stream_is_the_default()
    {
        Model quantized = Network(recurrent: false, 4);
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        SampleSet samples = StreamingNetworks.Samples(quantized, 10, 4);
        float[] expected = StreamingNetworks.Outputs(quantized, samples, 1);
        Assert.Equal(expected, Inference.Run(quantized, samples, cancellation: Cancellation).SelectMany(batch => batch.Values));
        Assert.Equal(expected, Emulator.Run(akida, samples, cancellation: Cancellation).SelectMany(batch => batch.Values));
        Assert.NotEqual(expected, StreamingNetworks.Outputs(quantized, samples, 5));
    }

    [Fact]
    public void A_layer_measured_by_itself_keeps_its_state_too()
    {
        Model floating = StreamingNetworks.Frames(5);
        Model quantized = StreamingNetworks.Quantized(floating, 5);
        QuantErrorOptions options = new() { Samples = StreamingNetworks.Samples(quantized, 12, 6), BatchSize = 3 };
        QuantErrorRow Row(QuantErrorMode mode) =>
            QuantErrorAnalysis.Run(quantized, floating, options with { Mode = mode }).Rows.First(row => row.Layer == "buffer");

        // What the first layer gets has no error yet.
        Assert.Equal(Row(QuantErrorMode.Cumulative).Smape, Row(QuantErrorMode.Single).Smape, 1e-6);
        Assert.Equal(
            "StreamLengthsDiffer",
            Assert.Throws<QuantException>(() => QuantErrorAnalysis.Run(quantized, floating, options with { BatchSize = 5 })).Id);
    }

    private static Model Network(bool recurrent, int seed) =>
        StreamingNetworks.Quantized(recurrent ? StreamingNetworks.Sequences(seed) : StreamingNetworks.Frames(seed), seed);

    /// <summary>The outputs of a network, which those of its Akida model equal.</summary>
    private static float[] StreamsAndEmulatedStreams(Model quantized, SampleSet samples, int streams)
    {
        AkidaModel akida = AkidaConverter.Convert(quantized, AkidaVersion.V2);
        Assert.True(akida.IsStateful);
        float[] expected = StreamingNetworks.Outputs(quantized, samples, streams);
        Assert.Equal(expected, Emulator.Run(akida, samples, streams).SelectMany(batch => batch.Values));
        return expected;
    }

    /// <summary>The outputs of both runners, which are the same, for the time steps of two streams.</summary>
    private static float[] Run(PlanRunner runner, PlanRunner emulator, Model model, SampleSet samples)
    {
        List<float> outputs = [];
        for (int start = 0; start < samples.Count; start += 2)
        {
            SampleInput.Load(samples, start, 2, runner.Input, model.Input.Integers, model.Name);
            SampleInput.Load(samples, start, 2, emulator.Input, model.Input.Integers, model.Name);
            runner.Run(2);
            emulator.Run(2);
            float[] values = ((FloatData)runner.Output).Values(2).ToArray();
            Assert.Equal(values, ((FloatData)emulator.Output).Values(2).ToArray());
            outputs.AddRange(values);
        }

        return [.. outputs];
    }

    private static float[] Step(PlanRunner runner, Model model, SampleSet sample)
    {
        SampleInput.Load(sample, 0, 1, runner.Input, model.Input.Integers, model.Name);
        runner.Run(1);
        return ((FloatData)runner.Output).Values(1).ToArray();
    }

    private static SampleSet Reshaped(SampleSet samples, Shape shape) => SampleSet.FromArray(Values(samples), shape);

    private static SampleSet Every(SampleSet samples, int period, int first) => SampleSet.FromArray(
        Enumerable.Range(0, samples.Count / period).SelectMany(i => samples.Values((i * period) + first)).ToArray(), samples.SampleShape);

    private static float[] Values(SampleSet samples) => [.. Enumerable.Range(0, samples.Count).SelectMany(samples.Values)];
}
