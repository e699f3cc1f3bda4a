using System.Globalization;

namespace AkidaQuant.Akida.Learning;

/// <summary>What one neuron of a layer that learns has learned.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Neuron">The position of the neuron.</param>
/// <param name="Class">The class that it belongs to; null where there are no classes.</param>
/// <param name="Percent">How far it has learned: what it has lost of its plasticity, in percent.</param>
/// <param name="Threshold">The potential from which on it learns more; 0 before it has learned anything.</param>
/// <param name="Plasticity">The share of the connections without a use that its next step changes.</param>
/// <param name="Connections">Its weights of 1.</param>
public sealed record LearnedNeuron(
    string Model, string Layer, int Neuron, int? Class, int Percent, int Threshold, float Plasticity, int Connections)
{
    /// <summary>The neuron and how far it has learned: <c>neuron 4 of fc: 75 %</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"neuron {Neuron} of {Layer}: {Percent} %"));
}

/// <summary>How many neurons of a layer have learned equally far: a row of the histogram of akida-model.md 1.6.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="Layer">The name of the layer.</param>
/// <param name="Percent">How far they have learned: what they have lost of their plasticity, in percent.</param>
/// <param name="Neurons">The number of neurons.</param>
public sealed record LearningShare(string Model, string Layer, int Percent, int Neurons)
{
    /// <summary>The number of neurons and how far they have learned: <c>12 neurons of fc: 75 %</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture, $"{Neurons} {(Neurons == 1 ? "neuron" : "neurons")} of {Layer}: {Percent} %"));
}
