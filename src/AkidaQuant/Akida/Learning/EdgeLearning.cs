using System.Globalization;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida.Learning;

/// <summary>
/// Lets the last layer of an Akida 1.0 model learn (akida-model.md 3.4). The interface is the documented one, the rule ours
/// (about_AkidaQuant_Learning): what comes out is what the rule computes, and not what a chip would. A model never changes; what has
/// learned is a new one. Results depend on model, samples and seed alone.
/// </summary>
public static class EdgeLearning
{
    /// <summary>Puts a layer that learns behind a model, with random weights.</summary>
    /// <param name="model">A model of Akida 1.0 whose last layer gives 1 bit.</param>
    /// <param name="name">The name of the layer.</param>
    /// <param name="neuronsPerClass">The neurons of each class.</param>
    /// <param name="learning">The parameters.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaLearningVersion</c>, <c>AkidaLearningInput</c>, <c>AkidaLearningTail</c>: the model cannot have such a layer behind it; or
    /// <c>AkidaLearningNumWeights</c>, <c>AkidaLearningSize</c>.
    /// </exception>
    public static AkidaModel AddLayer(AkidaModel model, string name, int neuronsPerClass, AkidaLearning learning, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(learning);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(neuronsPerClass);
        LearningState.RequireNoTail(model);
        int inputs = new BinaryFeatures(model, name).Shape.Size;
        long units = (long)learning.NumClasses * neuronsPerClass;
        AkidaFullyConnected layer = new()
        {
            Name = name,
            Inbounds = [model.Layers[^1].Name],
            Units = (int)Math.Min(units, int.MaxValue),
            Activation = false,
            Learning = learning,
        };
        LearningState.RequireSize(layer, inputs, units);
        return model.WithLayers([.. model.Layers, layer.With(LearningState.Neurons(layer, inputs, seed))]);
    }

    /// <summary>
    /// The connections that the guide advises for a layer behind a model: 1.2 times the median of the active inputs, rounded down, and at
    /// most half of all (akida-model.md 3.4).
    /// </summary>
    /// <param name="model">A model of Akida 1.0 whose last layer gives 1 bit.</param>
    /// <param name="samples">Samples of what is to be learned.</param>
    /// <param name="batchSize">The most samples held in memory; never changes the result.</param>
    /// <param name="threads">The most threads; never changes the result.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaLearningVersion</c>, <c>AkidaLearningInput</c>, or the samples do not fit the model.
    /// </exception>
    public static int AdvisedWeights(
        AkidaModel model, SampleSet samples, int? batchSize = null, int? threads = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        BinaryFeatures features = new(model, "learning");
        int[] active = [.. features.Of(samples, batchSize, threads, cancellation).Select(row => row.Count).Order()];
        long twiceMedian = (long)active[(active.Length - 1) / 2] + active[active.Length / 2];
        return (int)Math.Clamp(3 * twiceMedian / 5, 1, Math.Max(features.Shape.Size / 2, 1));
    }

    /// <summary>Lets the last layer learn samples, one after the other.</summary>
    /// <param name="model">A model whose last layer learns; where it has no weights, they are random.</param>
    /// <param name="samples">The samples, with labels unless there is one class only.</param>
    /// <param name="seed">The seed of the weights, where there are none.</param>
    /// <param name="batchSize">The most samples held in memory; never changes the result.</param>
    /// <param name="threads">The most threads; never changes the result.</param>
    /// <param name="tell">Takes what is worth knowing: how many samples were learned.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <param name="cancellation">Stops between samples.</param>
    /// <returns>The model that has learned.</returns>
    /// <exception cref="QuantException">
    /// <c>AkidaLearningLayerMissing</c>, <c>AkidaLearningInput</c>, <c>AkidaLearningLabelsMissing</c>, <c>AkidaLearningLabel</c>,
    /// <c>AkidaLearningWeights</c>: what is given cannot learn; or the samples do not fit the model.
    /// </exception>
    public static AkidaModel Learn(
        AkidaModel model,
        SampleSet samples,
        ulong seed = 0,
        int? batchSize = null,
        int? threads = null,
        Action<string>? tell = null,
        Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        AkidaFullyConnected layer = LearningState.LayerOf(model);
        int[]? labels = Labels(layer, samples);
        BinaryFeatures features = FeaturesOf(model, layer);
        LearningNeurons neurons = LearningState.Neurons(layer, features.Shape.Size, seed);
        int learned = 0;
        foreach ((int index, BitRow sample) in features.Of(samples, batchSize, threads, cancellation).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            learned += neurons.Learn(sample, labels?[index] ?? 0) is null ? 0 : 1;
            progress?.Invoke(index + 1);
        }

        tell?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"Layer '{layer.Name}' learned from {learned} of {samples.Count} samples; {neurons.Thresholds.Count(threshold => threshold > 0)} of its {layer.Units} neurons have learned so far."));
        return Replace(model, layer.With(neurons));
    }

    /// <summary>Adds classes to the last layer, which keeps what it has learned of the others.</summary>
    /// <param name="model">A model whose last layer learns with labels.</param>
    /// <param name="count">The number of classes.</param>
    /// <param name="seed">
    /// The seed of their weights; with that of the layer they are what they would have been had it had the classes from the start.
    /// </param>
    /// <exception cref="QuantException">
    /// <c>AkidaLearningLayerMissing</c>, <c>AkidaLearningWithoutClasses</c>, <c>AkidaLearningSize</c>, or a variable does not fit.
    /// </exception>
    public static AkidaModel AddClasses(AkidaModel model, int count, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        AkidaFullyConnected layer = LearningState.LayerOf(model);
        if (layer.Learning!.NumClasses == 1)
        {
            throw layer.Invalid(
                "AkidaLearningWithoutClasses",
                "it learns without labels, because num_classes is 1, so that no class can be added. Make it with num_classes 2 or more.");
        }

        return Replace(model, layer.WithClasses(count, FeaturesOf(model, layer).Shape.Size, seed));
    }

    /// <summary>What the neurons of the last layer have learned.</summary>
    /// <exception cref="QuantException"><c>AkidaLearningLayerMissing</c>, or a variable does not fit the layer.</exception>
    public static IReadOnlyList<LearnedNeuron> Neurons(AkidaModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        AkidaFullyConnected layer = LearningState.LayerOf(model);
        AkidaLearning learning = layer.Learning!;
        LearningNeurons neurons = LearningState.Neurons(layer, FeaturesOf(model, layer).Shape.Size, seed: 0);
        return
        [
            .. Enumerable.Range(0, layer.Units).Select(i => new LearnedNeuron(
                model.Name,
                layer.Name,
                i,
                learning.NumClasses == 1 ? null : i / (layer.Units / learning.NumClasses),
                Percent(neurons.Plasticity[i], learning.InitialPlasticity),
                neurons.Thresholds[i],
                neurons.Plasticity[i],
                neurons.Connections[i].Count)),
        ];
    }

    /// <summary>How many neurons of the last layer have learned how far (akida-model.md 1.6), the least first.</summary>
    /// <exception cref="QuantException"><c>AkidaLearningLayerMissing</c>, or a variable does not fit the layer.</exception>
    public static IReadOnlyList<LearningShare> Histogram(AkidaModel model) =>
    [
        .. Neurons(model)
            .GroupBy(neuron => neuron.Percent)
            .OrderBy(group => group.Key)
            .Select(group => new LearningShare(model.Name, group.First().Layer, group.Key, group.Count())),
    ];

    private static int Percent(float plasticity, float initial) =>
        initial == 0 ? 0 : (int)MathF.Round(100f * (1f - (plasticity / initial)));

    private static BinaryFeatures FeaturesOf(AkidaModel model, AkidaFullyConnected layer)
    {
        int last = model.Layers.Index().First(entry => entry.Item.Name == layer.Inbounds[0]).Index;
        return new BinaryFeatures(model.WithLayers([.. model.Layers.Take(last + 1)]), layer.Name);
    }

    private static AkidaModel Replace(AkidaModel model, AkidaFullyConnected layer) =>
        model.WithLayers([.. model.Layers.Take(model.Layers.Count - 1), layer]);

    private static int[]? Labels(AkidaFullyConnected layer, SampleSet samples)
    {
        int classes = layer.Learning!.NumClasses;
        if (classes == 1)
        {
            return null;
        }

        int[] labels = samples.Labels
            ?? throw new QuantException(
                "AkidaLearningLabelsMissing",
                QuantErrorKind.InvalidArgument,
                $"Layer '{layer.Name}' learns {classes} classes, but the {samples} from {samples.Source} have no labels. Import them with the array of labels, or give labels to New-SampleSet.",
                samples);
        int index = Array.FindIndex(labels, label => label < 0 || label >= classes);
        return index < 0
            ? labels
            : throw new QuantException(
                "AkidaLearningLabel",
                QuantErrorKind.InvalidArgument,
                $"Sample {index} of {samples.Source} has the label {labels[index]}, but layer '{layer.Name}' learns the classes 0 to {classes - 1}. Correct the labels, or add classes with Add-AkidaClass.",
                samples);
    }
}
