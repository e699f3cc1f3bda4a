using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Akida.Learning;
using AkidaQuant.Formats.Objects;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Akida.Learning;

/// <summary>What holds for every layer that learns (akida-model.md 3.4).</summary>
public sealed class EdgeLearningTests
{
    private sealed record Case(AkidaLearning Learning, int Inputs, int PerClass, int Count, ulong Seed)
    {
        public int Units => Learning.NumClasses * PerClass;

        public AkidaModel Model() =>
            EdgeLearning.AddLayer(LearningModels.Input(1, 1, Inputs), LearningModels.Layer, PerClass, Learning, Seed);

        public SampleSet Samples() => RandomSamples
            .Create(new Shape(1, 1, Inputs), Count, IntegerType.UInt8, 0, 1, Seed)
            .WithLabels([.. Enumerable.Range(0, Count).Select(i => (i * 7) % Learning.NumClasses)]);
    }

    private static readonly Gen<Case> Cases =
        from inputs in Gen.Int[1, 150]
        from weights in Gen.Int[1, inputs]
        from classes in Gen.Int[1, 4]
        from perClass in Gen.Int[1, 4]
        from count in Gen.Int[1, 12]
        from seed in Gen.ULong
        from rates in Gen.Single[0, 1].Array[4]
        select new Case(
            new AkidaLearning
            {
                NumWeights = weights,
                NumClasses = classes,
                InitialPlasticity = rates[0],
                LearningCompetition = rates[1] / 2,
                MinPlasticity = rates[2],
                PlasticityDecay = rates[3],
            },
            inputs,
            perClass,
            count,
            seed);

    [Fact]
    public void A_sample_changes_one_neuron_of_its_class_at_most_and_never_the_number_of_connections() => Cases.Sample(
        item =>
        {
            AkidaModel model = item.Model();
            SampleSet samples = item.Samples();
            for (int i = 0; i < item.Count; i++)
            {
                AkidaModel learned = EdgeLearning.Learn(model, samples.Slice(i, 1));
                int[][] before = LearningModels.Connections(model);
                int[][] after = LearningModels.Connections(learned);
                Assert.All(after, row => Assert.Equal(item.Learning.NumWeights, row.Length));
                int[] changed =
                [
                    .. Enumerable.Range(0, item.Units).Where(neuron => !before[neuron].SequenceEqual(after[neuron])
                        || LearningModels.Thresholds(model)[neuron] != LearningModels.Thresholds(learned)[neuron]
                        || LearningModels.Plasticity(model)[neuron] != LearningModels.Plasticity(learned)[neuron]),
                ];
                Assert.InRange(changed.Length, 0, 1);
                foreach (int neuron in changed)
                {
                    Assert.Equal(samples.Labels![i], neuron / item.PerClass);
                    Assert.InRange(LearningModels.Thresholds(learned)[neuron], 1, item.Learning.NumWeights);
                    Assert.InRange(LearningModels.Plasticity(learned)[neuron], 0, LearningModels.Plasticity(model)[neuron]);
                }

                model = learned;
            }
        },
        iter: 150,
        threads: 1);

    [Fact]
    public void The_way_there_does_not_matter() => Cases.Sample(
        item =>
        {
            AkidaModel model = item.Model();
            SampleSet samples = item.Samples();
            string expected = LearningModels.State(EdgeLearning.Learn(model, samples));
            Assert.Equal(expected, LearningModels.State(EdgeLearning.Learn(model, samples, batchSize: 1, threads: 1)));
            Assert.Equal(expected, LearningModels.State(EdgeLearning.Learn(model, samples, batchSize: 5, threads: 3)));

            // The first half, a trip as bytes, and the rest.
            int half = item.Count / 2;
            AkidaModel first = half == 0 ? model : EdgeLearning.Learn(model, samples.Slice(0, half));
            var arrived = (AkidaModel)ObjectBytes.Read(ObjectBytes.Write(first));
            Assert.Equal(expected, LearningModels.State(EdgeLearning.Learn(arrived, samples.Slice(half, item.Count - half))));

            // A layer without weights gets those of the seed, so that it is the same from the first sample on.
            AkidaModel empty = LearningModels.With(item.Learning, item.Inputs, item.Units, []);
            Assert.Equal(expected, LearningModels.State(EdgeLearning.Learn(empty, samples, item.Seed)));
        },
        iter: 100,
        threads: 1);

    [Fact]
    public void Classes_that_are_added_are_as_they_would_have_been_and_others_keep_what_they_know() => Cases
        .Where(item => item.Learning.NumClasses > 2)
        .Sample(
            item =>
            {
                SampleSet samples = item.Samples();
                int[] old = [.. Enumerable.Range(0, item.Count).Where(i => samples.Labels![i] < 2)];
                int[] added = [.. Enumerable.Range(0, item.Count).Where(i => samples.Labels![i] >= 2)];
                AkidaModel expected = EdgeLearning.Learn(item.Model(), samples);
                AkidaModel model = (item with { Learning = item.Learning with { NumClasses = 2 } }).Model();
                model = EdgeLearning.Learn(model, samples[old]);
                string before = LearningModels.State(model);
                AkidaModel wider = EdgeLearning.AddClasses(model, item.Learning.NumClasses - 2, item.Seed);
                Assert.Equal(LearningModels.Connections(model), LearningModels.Connections(wider)[..(2 * item.PerClass)]);
                wider = added.Length == 0 ? wider : EdgeLearning.Learn(wider, samples[added]);
                Assert.Equal(LearningModels.State(expected), LearningModels.State(wider));
                Assert.Equal(before, LearningModels.State(model));
            },
            iter: 100,
            threads: 1);

    [Fact]
    public void The_emulator_runs_what_was_learned_and_images_are_learned_in_the_order_of_the_weights()
    {
        // 2 x 3 x 2 in the order of samples (X, Y, C); weights stand in the order (C, Y, X). All nine connections find an active input.
        byte[] image = [1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1];
        SampleSet samples = SampleSet.FromArray(image, new Shape(2, 3, 2), [1]);
        AkidaModel model = EdgeLearning.AddLayer(
            LearningModels.Input(2, 3, 2), LearningModels.Layer, 2, new AkidaLearning { NumWeights = 9, NumClasses = 2 }, 5);
        AkidaModel learned = EdgeLearning.Learn(model, samples);
        int winner = Array.FindIndex(LearningModels.Thresholds(learned), threshold => threshold > 0);
        Assert.InRange(winner, 2, 3);
        Assert.Equal(9, Emulator.RunPotentials(learned, samples).Single().Values[winner]);

        // (x, y, c) stands at (c x 3 + y) x 2 + x.
        Assert.Equal([0, 2, 3, 4, 5, 7, 8, 10, 11], LearningModels.Connections(learned)[winner].Order());
    }

    [Fact]
    public void Random_weights_follow_the_seed_and_favour_no_input()
    {
        AkidaModel Of(ulong seed) => EdgeLearning.AddLayer(
            LearningModels.Input(1, 1, 20), LearningModels.Layer, 500, new AkidaLearning { NumWeights = 7 }, seed);
        int[][] rows = LearningModels.Connections(Of(3));
        Assert.Equal(rows, LearningModels.Connections(Of(3)));
        Assert.NotEqual(rows, LearningModels.Connections(Of(4)));
        Assert.NotEqual(rows, LearningModels.Connections(Of(3 + (1UL << 32))));
        Assert.All(rows, row => Assert.Equal(7, row.Length));
        Assert.All(Enumerable.Range(0, 20), input => Assert.InRange(rows.Count(row => row.Contains(input)), 130, 220));
    }

    [Theory]
    [InlineData(3, 1, 2, 4, 6)]
    [InlineData(2, 1, 2, 6)]
    [InlineData(5, 8, 10, 9)]
    [InlineData(1, 0, 0)]
    public void The_advised_number_of_weights_is_that_of_the_guide(int expected, params int[] active) =>
        Assert.Equal(
            expected,
            EdgeLearning.AdvisedWeights(
                LearningModels.Input(1, 1, 10),
                LearningModels.Samples(10, null, [.. active.Select(count => Enumerable.Range(0, count).ToArray())])));

    [Fact]
    public void The_histogram_counts_neurons_by_what_they_have_learned()
    {
        AkidaModel model = LearningModels.Connected(
            new AkidaLearning { NumWeights = 1, NumClasses = 2 }, 4, [[0], [1], [2], [3]], [0, 2, 1, 2], [1, 0.1f, 0.75f, 0.1f]);
        Assert.Equal(
            [new LearningShare("hand", "fc", 0, 1), new LearningShare("hand", "fc", 25, 1), new LearningShare("hand", "fc", 90, 2)],
            EdgeLearning.Histogram(model));
        Assert.Equal(new LearnedNeuron("hand", "fc", 2, 1, 25, 1, 0.75f, 1), EdgeLearning.Neurons(model)[2]);
        Assert.Equal("neuron 2 of fc: 25 %", EdgeLearning.Neurons(model)[2].ToString());
        Assert.Equal("2 neurons of fc: 90 %", EdgeLearning.Histogram(model)[2].ToString());
    }

    [Fact]
    public void Variables_of_the_neurons_grow_with_the_classes()
    {
        AkidaModel model = EdgeLearning.AddLayer(
            LearningModels.Input(1, 1, 5), LearningModels.Layer, 2, new AkidaLearning { NumWeights = 2, NumClasses = 2 });
        var layer = (AkidaFullyConnected)model.Layers[^1];
        AkidaVariables variables = layer.Variables.Clone();
        variables.Add("threshold", NdArray<int>.Vector([1, 2, 3, 4]));
        variables.Add("act_step", NdArray<float>.Vector([2, 2, 2, 2]));
        AkidaModel wider = EdgeLearning.AddClasses(
            new AkidaModel("hand", AkidaVersion.V1, [model.Layers[0], layer with { Variables = variables }]), 1);
        Assert.Equal([1, 2, 3, 4, 0, 0], wider.Layers[^1].Variables.Find<int>("threshold")!.Values);
        Assert.Equal([2f, 2, 2, 2, 1, 1], wider.Layers[^1].Variables.Find<float>("act_step")!.Values);
        Assert.Equal(6, wider.OutputShape.Channels);
    }

    [Fact]
    public void Learning_stops_when_told()
    {
        using CancellationTokenSource stop = new();
        AkidaModel model = EdgeLearning.AddLayer(
            LearningModels.Input(1, 1, 5), LearningModels.Layer, 4, new AkidaLearning { NumWeights = 2 });
        SampleSet samples = LearningModels.Samples(5, null, [0], [1], [2], [3]);
        List<int> done = [];
        Assert.Throws<OperationCanceledException>(() => EdgeLearning.Learn(
            model,
            samples,
            progress: count =>
            {
                done.Add(count);
                stop.Cancel();
            },
            cancellation: stop.Token));
        Assert.Equal([1], done);
    }
}
