using System.Globalization;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// How the last layer of an Akida 1.0 model learns: the parameters of the documented optimizer, <c>AkidaUnsupervised</c>, with its defaults
/// (akida-model.md 3.4).
/// </summary>
/// <exception cref="QuantException"><c>AkidaLearningInvalid</c>: a number is outside of its range.</exception>
public sealed record AkidaLearning
{
    /// <summary>The connections of a neuron that have weight 1, the same number for all; at least 1.</summary>
    public required int NumWeights { get; init => field = Count(value, "num_weights"); }

    /// <summary>The number of classes; neurons are shared out to them in groups of equal size, one behind the other.</summary>
    public int NumClasses { get; init => field = Count(value, "num_classes"); } = 1;

    /// <summary>The share of the connections without a use that a neuron may change at its first step, from 0 to 1.</summary>
    public float InitialPlasticity { get; init => field = Share(value, "initial_plasticity"); } = 1f;

    /// <summary>How much neurons compete, from 0 to 1: the lower, the more may learn what others know already.</summary>
    public float LearningCompetition { get; init => field = Share(value, "learning_competition"); }

    /// <summary>What plasticity never falls below, from 0 to 1.</summary>
    public float MinPlasticity { get; init => field = Share(value, "min_plasticity"); } = 0.1f;

    /// <summary>What plasticity falls by at each step, as a share of <see cref="InitialPlasticity"/>.</summary>
    public float PlasticityDecay { get; init => field = Share(value, "plasticity_decay"); } = 0.25f;

    /// <summary>All parameters: <c>350 weights, 10 classes, plasticity 1 to 0.1 by 0.25, competition 0.1</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{NumWeights} weights, {NumClasses} classes, plasticity {InitialPlasticity} to {MinPlasticity} by {PlasticityDecay}, competition {LearningCompetition}");

    private static int Count(int value, string name) => value >= 1 ? value : throw Invalid(name, value, "1 or more");

    private static float Share(float value, string name) => value is >= 0 and <= 1 ? value : throw Invalid(name, value, "from 0 to 1");

    private static QuantException Invalid(string name, float value, string range) =>
        new(
            "AkidaLearningInvalid",
            QuantErrorKind.InvalidArgument,
            string.Create(CultureInfo.InvariantCulture, $"The learning parameter {name} must be {range}, but it is {value}."),
            name);
}
