using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Transforms;
using AkidaQuant.Tests.Vectors;
using CsCheck;

namespace AkidaQuant.Tests.Akida;

/// <summary>Streams go on from call to call, and give the integers of one call.</summary>
public sealed class AkidaStreamTests
{
    private const int Iterations = 30;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Frame_by_frame_every_vector_that_keeps_state_gives_what_one_call_gives()
    {
        int streaming = 0;
        foreach (string name in VectorCase.All.Select(row => row.Data))
        {
            VectorCase vectors = VectorCase.Open(name);
            Model quantized = vectors.ReadModel("quantized.h5");
            if (quantized.IsStateful && Convert(quantized) is { } model)
            {
                streaming++;
                SampleSet samples = vectors.Samples("samples.npz");
                foreach (int count in (int[])[1, 4])
                {
                    Equal(model, samples.Slice(0, samples.Count / count * count), count, new Random(count));
                }
            }
        }

        Assert.True(streaming > 0);

        static AkidaModel? Convert(Model quantized)
        {
            try
            {
                return AkidaConverter.Convert(quantized, AkidaVersion.V2);
            }
            catch (QuantException)
            {
                // EmulatorVectorTests says which are refused, and by which rule.
                return null;
            }
        }
    }

    [Theory]
    [InlineData("frames")]
    [InlineData("sequences")]
    [InlineData("anomaly")]
    public void Random_networks_give_the_same_however_their_streams_are_cut_into_calls(string kind) => StreamingNetworks.Seeds.Sample(
        seed =>
        {
            Model floating = kind switch
            {
                "frames" => StreamingNetworks.Frames(seed),
                "sequences" => StreamingNetworks.Sequences(seed),
                _ => StreamingNetworks.Anomaly(seed),
            };
            Model quantized = StreamingNetworks.Quantized(floating, seed);
            AkidaModel model = AkidaConverter.Convert(quantized, AkidaVersion.V2);
            int count = 1 + (seed % 3);
            Equal(model, StreamingNetworks.Samples(quantized, 8 * count, seed), count, new Random(seed));
        },
        iter: Iterations,
        threads: 1);

    [Fact]
    public void A_tail_that_keeps_state_goes_on_too_whatever_is_asked_for()
    {
        AkidaModel model = WithTail();
        Assert.False(model.Plan.IsStateful);
        SampleSet samples = RandomSamples.CreateFloats(model.InputShape, 12, 2, -1, 1);
        Equal(model, samples, 1, new Random(1));
        Equal(model, samples, 3, new Random(2));

        // Potentials are in front of the tail, which sees the time steps all the same.
        AkidaStream stream = new(model);
        Potentials(stream, samples.Slice(0, 5));
        Assert.Equal(5, stream.Steps);
        float[] rest = Values(stream, samples.Slice(5));
        Assert.Equal(Whole(model, samples, 1)[^rest.Length..], rest);
    }

    [Fact]
    public void Streams_do_not_know_of_each_other_nor_the_model_of_them()
    {
        (AkidaModel model, SampleSet samples) = Frames(3);
        float[] expected = Whole(model, samples, 1);
        AkidaStream[] streams = [.. Enumerable.Range(0, 8).Select(_ => new AkidaStream(model))];
        float[][] given = new float[streams.Length][];
        Parallel.For(0, streams.Length, i =>
            given[i] = [.. Enumerable.Range(0, samples.Count).SelectMany(frame => Values(streams[i], samples.Slice(frame, 1)))]);
        Assert.All(given, values => Assert.Equal(expected, values));
        Assert.Equal(expected, Whole(model, samples, 1));
    }

    [Fact]
    public void A_reset_makes_a_stream_new()
    {
        (AkidaModel model, SampleSet samples) = Frames(4);
        AkidaStream stream = new(model);
        float[] first = Values(stream, samples);
        Assert.Equal(samples.Count, stream.Steps);
        Assert.NotEqual(first, Values(stream, samples));
        stream.Reset();
        Assert.Equal(0, stream.Steps);
        Assert.Equal(first, Values(stream, samples));
    }

    [Fact]
    public void A_call_that_fails_is_stopped_or_is_left_early_leaves_the_stream_as_it_was()
    {
        (AkidaModel model, SampleSet samples) = Frames(5);
        SampleSet half = samples.Slice(0, 4);
        float[] expected = Whole(model, samples, 1);
        AkidaStream stream = new(model);
        Values(stream, half);

        float[] wrong = [.. Enumerable.Range(0, 4).SelectMany(samples.Values)];
        wrong[^1] = 1000;
        QuantException error = Assert.Throws<QuantException>(() => Values(stream, SampleSet.FromArray(wrong, samples.SampleShape)));
        Assert.Equal("SampleTypeMismatch", error.Id);

        using CancellationTokenSource stop = new();
        using (AkidaStreamCall call = stream.Begin())
        {
            using IEnumerator<AkidaQuant.Execution.OutputBatch> batches =
                Emulator.Run(model, half, new EmulationOptions { Call = call }, stop.Token).GetEnumerator();
            Assert.True(batches.MoveNext());
            stop.Cancel();
            Assert.ThrowsAny<OperationCanceledException>(() => batches.MoveNext());
        }

        using (AkidaStreamCall call = stream.Begin())
        {
            Assert.NotEmpty(Emulator.Run(model, half, new EmulationOptions { Call = call }, Cancellation).ToArray());
        }

        // A run that was broken off is no part of its call.
        using (AkidaStreamCall call = stream.Begin())
        {
            _ = Emulator.Run(model, half, new EmulationOptions { Call = call }, Cancellation).First();
            call.Complete();
        }

        Assert.Equal(4, stream.Steps);
        Assert.Equal(expected[^(expected.Length / 2)..], Values(stream, samples.Slice(4)));
    }

    [Fact]
    public void Several_runs_can_be_one_call()
    {
        (AkidaModel model, SampleSet samples) = Frames(6);
        AkidaStream stream = new(model);
        using (AkidaStreamCall call = stream.Begin())
        {
            EmulationOptions options = new() { Call = call };
            float[] given =
            [
                .. Emulator.Run(model, samples.Slice(0, 3), options, Cancellation).SelectMany(batch => batch.Values),
                .. Emulator.Run(model, samples.Slice(3), options, Cancellation).SelectMany(batch => batch.Values),
            ];
            Assert.Equal(Whole(model, samples, 1), given);
            Assert.Equal(0, stream.Steps);
            call.Complete();
            call.Complete();
        }

        Assert.Equal(samples.Count, stream.Steps);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        (AkidaModel model, SampleSet samples) = Frames(7);
        (AkidaModel other, _) = Frames(7);
        AkidaStream stream = new(model, 2);
        using (AkidaStreamCall call = stream.Begin())
        {
            Assert.Equal("AkidaStreamBusy", Id(() => stream.Begin()));
            Assert.Equal("AkidaStreamBusy", Id(stream.Reset));
            Assert.Equal("AkidaStreamModelMismatch", Id(() => Emulator.Run(other, samples, new EmulationOptions { Call = call })));
            Assert.Equal(
                "AkidaStreamCountMismatch",
                Id(() => Emulator.RunAll(model, samples, new EmulationOptions { Call = call, BatchSize = 4 })));
            Assert.Equal(
                "StreamLengthsDiffer",
                Id(() => Emulator.RunPotentials(model, samples.Slice(0, 3), new EmulationOptions { Call = call })));
        }

        stream.Reset();
        Assert.Equal("ParameterOutOfRange", Id(() => _ = new AkidaStream(model, 0)));
        Assert.Equal("ParameterOutOfRange", Id(() => _ = new AkidaStream(model, int.MaxValue)));

        static string Id(Action work) => Assert.Throws<QuantException>(work).Id;
    }

    [Fact]
    public void The_state_is_listed_with_its_size()
    {
        (AkidaModel model, _) = Frames(8);
        AkidaStream stream = new(model, 3);
        Assert.Equal(["buffer", "depthwise"], stream.State.Select(state => state.Layer));
        Assert.Equal(["BufferTempConv", "DepthwiseBufferTempConv"], stream.State.Select(state => state.TypeName));
        Shape queue = model.Plan["buffer"].Prepared.State[0].Shape;
        Assert.Equal((queue.ToString(), 8, (long)queue.Size), (stream.State[0].Shape, stream.State[0].Bits, stream.State[0].Bytes));
        Assert.Equal(3 * stream.State.Sum(state => state.Bytes), stream.Bytes);
        Assert.Equal($"buffer: 8-bit {queue}", stream.State[0].ToString());
        Assert.Equal("streaming: 3 streams after 0 time steps", stream.ToString());
        Assert.Equal("frames", new AkidaStream(WithTail()).State.Single().Layer);
    }

    [Fact]
    public void A_model_without_state_makes_no_difference()
    {
        VectorCase vectors = VectorCase.Open("tutorial_5_uint8_input");
        AkidaModel model = AkidaConverter.Convert(vectors.ReadModel("quantized.h5"), AkidaVersion.V2);
        AkidaStream stream = new(model);
        SampleSet samples = vectors.Samples("inputs.npz").Slice(0, 3);
        Assert.Empty(stream.State);
        Assert.Equal(Whole(model, samples, 1), Values(stream, samples));
        Assert.Equal(3, stream.Steps);
    }

    /// <summary>Outputs and potentials of calls of random lengths equal those of one.</summary>
    private static void Equal(AkidaModel model, SampleSet samples, int count, Random random)
    {
        float[] expected = Whole(model, samples, count);
        int[] potentials = [.. Emulator.RunPotentials(model, samples, count, cancellation: Cancellation).SelectMany(batch => batch.Values)];
        int steps = samples.Count / count;
        (AkidaStream outputs, AkidaStream integers, AkidaStream cut) = (new(model, count), new(model, count), new(model, count));
        List<float> given = [];
        List<int> givenPotentials = [];
        for (int step = 0; step < steps; step++)
        {
            SampleSet frame = samples.Slice(step * count, count);
            given.AddRange(Values(outputs, frame));
            givenPotentials.AddRange(Potentials(integers, frame));
        }

        Assert.Equal(expected, given);
        Assert.Equal(potentials, givenPotentials);
        given.Clear();
        for (int step = 0; step < steps;)
        {
            int length = random.Next(1, steps - step + 1);
            given.AddRange(Values(cut, samples.Slice(step * count, length * count)));
            step += length;
        }

        Assert.Equal(expected, given);
        Assert.Equal((steps, steps), (outputs.Steps, cut.Steps));
    }

    private static float[] Whole(AkidaModel model, SampleSet samples, int count) =>
        [.. Emulator.Run(model, samples, count, cancellation: Cancellation).SelectMany(batch => batch.Values)];

    private static float[] Values(AkidaStream stream, SampleSet samples)
    {
        using AkidaStreamCall call = stream.Begin();
        float[] values =
        [
            .. Emulator.Run(stream.Model, samples, new EmulationOptions { Call = call }, Cancellation).SelectMany(batch => batch.Values),
        ];
        call.Complete();
        return values;
    }

    private static int[] Potentials(AkidaStream stream, SampleSet samples)
    {
        using AkidaStreamCall call = stream.Begin();
        int[] values =
        [
            .. Emulator.RunPotentials(stream.Model, samples, new EmulationOptions { Call = call }, Cancellation)
                .SelectMany(batch => batch.Values),
        ];
        call.Complete();
        return values;
    }

    private static (AkidaModel Model, SampleSet Samples) Frames(int seed)
    {
        Model quantized = StreamingNetworks.Quantized(StreamingNetworks.Frames(seed), seed);
        return (AkidaConverter.Convert(quantized, AkidaVersion.V2), StreamingNetworks.Samples(quantized, 8, seed));
    }

    private static AkidaModel WithTail()
    {
        Model floating = new Graph(4, 4, 2)
            .Conv("conv", 3, 2, 3)
            .ReLU("relu")
            .Add(new Activation { Name = "squash", Function = "tanh" })
            .Add(new DepthwiseBufferTempConv { Name = "frames", KernelSize = 3, Kernel = new Graph(1).Values(3, 3), UseBias = false })
            .Build();
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions
        {
            Parameters = new QuantizationParams { PerTensorActivations = true, InputType = IntegerType.Int8 },
            Samples = RandomSamples.CreateFloats(floating.InputShape, 16, 1, -1, 1),
            BatchSize = 4,
        });
        return AkidaConverter.Convert(quantized, AkidaVersion.V2);
    }
}
