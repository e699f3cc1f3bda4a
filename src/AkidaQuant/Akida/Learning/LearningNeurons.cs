using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida.Learning;

/// <summary>
/// The neurons of a layer while they learn. The interface is that of akida-model.md 3.4; the rule is ours, and about_AkidaQuant_Learning
/// has each of its steps, where it comes from and what was chosen. Nothing in it is random, and no step depends on other samples than
/// those before it.
/// </summary>
/// <param name="learning">The parameters.</param>
/// <param name="connections">The weights of each neuron, a bit an input.</param>
/// <param name="thresholds">The potentials from which on neurons learn; 0 for one that has not learned yet.</param>
/// <param name="plasticity">The plasticity of each neuron.</param>
internal sealed class LearningNeurons(AkidaLearning learning, BitRow[] connections, int[] thresholds, float[] plasticity)
{
    private readonly int _groupSize = connections.Length / learning.NumClasses;

    /// <summary>The weights of each neuron, a bit an input.</summary>
    public IReadOnlyList<BitRow> Connections => connections;

    /// <summary>The potentials from which on neurons learn.</summary>
    public IReadOnlyList<int> Thresholds => thresholds;

    /// <summary>The plasticity of each neuron.</summary>
    public IReadOnlyList<float> Plasticity => plasticity;

    /// <summary>Lets the neurons of a class learn one sample; at most one of them does.</summary>
    /// <param name="sample">The active inputs.</param>
    /// <param name="label">The class.</param>
    /// <returns>The neuron that has learned; null where none has.</returns>
    public int? Learn(BitRow sample, int label)
    {
        int first = label * _groupSize;
        int[] potentials = new int[_groupSize];
        int strongest = 0;
        for (int i = 0; i < _groupSize; i++)
        {
            potentials[i] = sample.CountWith(connections[first + i]);
            strongest = thresholds[first + i] > 0 ? Math.Max(strongest, potentials[i]) : strongest;
        }

        // A neuron that knows the sample holds back those that answer to it by less than this share of what it does.
        float least = learning.LearningCompetition * strongest;
        int? winner = null;
        for (int i = 0; i < _groupSize; i++)
        {
            bool mayLearn = potentials[i] >= thresholds[first + i] && potentials[i] >= least;
            winner = mayLearn && (winner is not { } best || potentials[i] > potentials[best]) ? i : winner;
        }

        return winner is { } index && sample.Count > 0 && plasticity[first + index] > 0 ? Adapt(first + index, sample) : null;
    }

    private int Adapt(int neuron, BitRow sample)
    {
        BitRow weights = connections[neuron];
        int[] unused = weights.Without(sample);
        int[] missing = sample.Without(weights);
        int count = (int)MathF.Floor((plasticity[neuron] * Math.Min(unused.Length, missing.Length)) + 0.5f);
        for (int k = 0; k < count; k++)
        {
            weights[Spread(unused, k, count)] = false;
            weights[Spread(missing, k, count)] = true;
        }

        float initial = learning.InitialPlasticity;
        float fallen = MathF.Max(learning.MinPlasticity, plasticity[neuron] - (learning.PlasticityDecay * initial));
        plasticity[neuron] = MathF.Min(plasticity[neuron], fallen);
        float learned = 1f - (plasticity[neuron] / initial);
        thresholds[neuron] = Math.Max(1, (int)MathF.Floor(sample.CountWith(weights) * learned));
        return neuron;
    }

    /// <summary>The one at the middle of the part <paramref name="k"/> of as many equal parts as are taken.</summary>
    private static int Spread(int[] candidates, int k, int count) =>
        candidates[(int)(((2L * k) + 1) * candidates.Length / (2L * count))];
}
