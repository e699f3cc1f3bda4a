using AkidaQuant.Akida.Layers;
using AkidaQuant.Akida.Learning;

namespace AkidaQuant.Tests.Akida.Learning;

/// <summary>The rule, worked by hand on layers with inputs of a few bits (akida-model.md 3.4).</summary>
public sealed class LearningNeuronsTests
{
    /// <summary>
    /// Two classes of two neurons with three connections each, the defaults else. A line a sample: label and active inputs, and what
    /// follows: connections, thresholds and plasticity of all neurons.
    /// </summary>
    [Fact]
    public void A_layer_learns_step_by_step_what_arithmetic_by_hand_says()
    {
        AkidaModel model = LearningModels.Connected(
            new AkidaLearning { NumWeights = 3, NumClasses = 2 }, 8, [[0, 1, 2], [3, 4, 5], [0, 4, 7], [5, 6, 7]]);

        // Potentials 2 and 1: neuron 0 has no use of 2 and misses 5 and 6. Plasticity 1 changes round(1 x min(1, 2)) = 1: 2 goes, and of
        // the two that are missing the one at (2 x 0 + 1) x 2 / (2 x 1) = 1 comes, 6. Plasticity becomes 1 - 0.25, the threshold
        // floor(3 x 0.25) = 0, so 1.
        model = Step(model, 0, [0, 1, 5, 6], [[0, 1, 6], [3, 4, 5], [0, 4, 7], [5, 6, 7]], [1, 0, 0, 0], [0.75f, 1, 1, 1]);

        // Potentials 1, which is the threshold, and 2: neuron 1, 5 goes, 7 of {6, 7} comes.
        model = Step(model, 0, [3, 4, 6, 7], [[0, 1, 6], [3, 4, 7], [0, 4, 7], [5, 6, 7]], [1, 1, 0, 0], [0.75f, 0.75f, 1, 1]);

        // The other class, potentials 2 and 0: neuron 2, 7 goes, of {1, 2, 3} the one at 1 x 3 / 2 = 1 comes, 2.
        model = Step(model, 1, [0, 1, 2, 3, 4], [[0, 1, 6], [3, 4, 7], [0, 2, 4], [5, 6, 7]], [1, 1, 1, 0], [0.75f, 0.75f, 0.75f, 1]);

        // Potentials 0, below the threshold, and 1: neuron 1 changes round(0.75 x min(2, 2)) = 2. Threshold floor(3 x 0.5) = 1.
        model = Step(model, 0, [2, 3, 5], [[0, 1, 6], [2, 3, 5], [0, 2, 4], [5, 6, 7]], [1, 1, 1, 0], [0.75f, 0.5f, 0.75f, 1]);

        // Nothing is without a use, so nothing is swapped, but it is a step: plasticity 0.25, threshold floor(3 x 0.75) = 2.
        model = Step(model, 0, [2, 3, 5, 7], [[0, 1, 6], [2, 3, 5], [0, 2, 4], [5, 6, 7]], [1, 2, 1, 0], [0.75f, 0.25f, 0.75f, 1]);

        // Potentials 0 and 1, both below the thresholds: no neuron learns.
        model = Step(model, 0, [5, 7], [[0, 1, 6], [2, 3, 5], [0, 2, 4], [5, 6, 7]], [1, 2, 1, 0], [0.75f, 0.25f, 0.75f, 1]);

        // No input is active: no neuron learns, although neuron 3 has not learned yet.
        model = Step(model, 1, [], [[0, 1, 6], [2, 3, 5], [0, 2, 4], [5, 6, 7]], [1, 2, 1, 0], [0.75f, 0.25f, 0.75f, 1]);

        // A quarter of one, rounded, is none. Plasticity max(0.1, 0.25 - 0.25); threshold floor(2 x (1 - 0.1)) = 1, as neuron 1 has only
        // two of the sample.
        model = Step(model, 0, [2, 3, 4, 6], [[0, 1, 6], [2, 3, 5], [0, 2, 4], [5, 6, 7]], [1, 1, 1, 0], [0.75f, 0.1f, 0.75f, 1]);

        // It never falls further; threshold floor(3 x 0.9) = 2.
        Step(model, 0, [2, 3, 5], [[0, 1, 6], [2, 3, 5], [0, 2, 4], [5, 6, 7]], [1, 2, 1, 0], [0.75f, 0.1f, 0.75f, 1]);
    }

    [Fact]
    public void What_is_swapped_is_spread_over_all_that_could_be()
    {
        // Plasticity 0.5 of min(6, 9) is 3. Of the six without a use those at 1, 3, 5 go; of the nine missing those at 1, 4, 7 come.
        AkidaModel model = LearningModels.Connected(
            new AkidaLearning { NumWeights = 6, InitialPlasticity = 0.5f }, 15, [[0, 1, 2, 3, 4, 5]]);
        AkidaModel learned = EdgeLearning.Learn(model, LearningModels.Samples(15, null, [6, 7, 8, 9, 10, 11, 12, 13, 14]));
        Assert.Equal([0, 2, 4, 7, 10, 13], LearningModels.Connections(learned)[0]);

        // 0.5 - 0.25 x 0.5 = 0.375; a potential of 3 times 1 - 0.375 / 0.5 is 0.75, so 1.
        Assert.Equal([0.375f], LearningModels.Plasticity(learned));
        Assert.Equal([1], LearningModels.Thresholds(learned));
    }

    [Fact]
    public void Of_equal_potentials_the_first_neuron_learns()
    {
        AkidaModel model = LearningModels.Connected(new AkidaLearning { NumWeights = 2 }, 6, [[4, 5], [0, 1], [0, 1]]);
        AkidaModel learned = EdgeLearning.Learn(model, LearningModels.Samples(6, null, [0, 1, 2]));
        Assert.Equal([0, 1, 0], LearningModels.Thresholds(learned).Select(threshold => threshold > 0 ? 1 : 0));
    }

    [Theory]
    [InlineData(0f, true)]
    [InlineData(0.25f, true)]
    [InlineData(0.34f, false)]
    [InlineData(1f, false)]
    public void A_neuron_that_knows_a_sample_holds_others_back(float competition, bool learns)
    {
        // Neuron 0 has learned and answers with 3, below its own threshold of 4; the other one answers with 1.
        AkidaModel model = LearningModels.Connected(
            new AkidaLearning { NumWeights = 4, LearningCompetition = competition }, 8, [[0, 1, 2, 3], [4, 5, 6, 7]], [4, 0], [0.1f, 1]);
        AkidaModel learned = EdgeLearning.Learn(model, LearningModels.Samples(8, null, [0, 1, 2, 4]));
        Assert.Equal([4, learns ? 1 : 0], LearningModels.Thresholds(learned));
        Assert.Equal(learns ? [0, 1, 2, 4] : [4, 5, 6, 7], LearningModels.Connections(learned)[1]);
    }

    [Fact]
    public void Without_plasticity_nothing_changes()
    {
        AkidaModel model = LearningModels.Connected(new AkidaLearning { NumWeights = 2, InitialPlasticity = 0 }, 6, [[0, 1], [2, 3]]);
        AkidaModel learned = EdgeLearning.Learn(model, LearningModels.Samples(6, null, [0, 1, 2], [3, 4, 5]));
        Assert.Equal([[0, 1], [2, 3]], LearningModels.Connections(learned));
        Assert.Equal([0, 0], LearningModels.Thresholds(learned));
        Assert.Equal([0f, 0f], LearningModels.Plasticity(learned));
        Assert.Equal([0, 0], EdgeLearning.Neurons(learned).Select(neuron => neuron.Percent));
    }

    private static AkidaModel Step(AkidaModel model, int label, int[] active, int[][] connections, int[] thresholds, float[] plasticity)
    {
        string before = model[LearningModels.Layer].Variables["threshold_learning"] is null ? string.Empty : LearningModels.State(model);
        AkidaModel learned = EdgeLearning.Learn(model, LearningModels.Samples(8, [label], active));
        Assert.Equal(connections, LearningModels.Connections(learned));
        Assert.Equal(thresholds, LearningModels.Thresholds(learned));
        Assert.Equal(plasticity, LearningModels.Plasticity(learned));
        Assert.True(before.Length == 0 || before == LearningModels.State(model), "The model that was given has changed.");
        return learned;
    }
}
