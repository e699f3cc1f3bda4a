namespace AkidaQuant.Akida.Layers;

/// <summary>
/// How the last layer of an Akida 1.0 model learns: the parameters of the documented optimizer, <c>AkidaUnsupervised</c>, with its defaults
/// (akida-model.md 3.4).
/// </summary>
public sealed record AkidaLearning
{
    /// <summary>The connections of a neuron that have weight 1, the same number for all.</summary>
    public required int NumWeights { get; init; }

    /// <summary>The number of classes; neurons are shared out to them in groups of equal size, one behind the other.</summary>
    public int NumClasses { get; init; } = 1;

    /// <summary>The share of its weights that a neuron may change at its first step, from 0 to 1.</summary>
    public float InitialPlasticity { get; init; } = 1f;

    /// <summary>How much neurons compete, from 0 to 1: the lower, the more may learn what others know already.</summary>
    public float LearningCompetition { get; init; }

    /// <summary>What plasticity never falls below, from 0 to 1.</summary>
    public float MinPlasticity { get; init; } = 0.1f;

    /// <summary>What plasticity falls by at each step, as a share of <see cref="InitialPlasticity"/>.</summary>
    public float PlasticityDecay { get; init; } = 0.25f;
}
