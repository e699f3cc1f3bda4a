using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Akida.Learning;

/// <summary>
/// Lets the last layer of an Akida 1.0 model learn (akida-model.md 3.4). The interface is the documented one, the rule ours
/// (about_AkidaQuant_Learning): what comes out is what the rule computes, and not what a chip would. A model never changes; what has learned
/// is a new one. Results depend on model, samples and seed alone.
/// </summary>
public static class EdgeLearning
{
    /// <summary>Puts a layer that learns behind a model, with random weights.</summary>
    /// <param name="model">A model of Akida 1.0 whose last layer gives 1 bit.</param>
    /// <param name="name">The name of the layer.</param>
    /// <param name="units">The number of neurons, a multiple of the classes.</param>
    /// <param name="learning">The parameters.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaLearningVersion</c>, <c>AkidaLearningInput</c>, <c>AkidaLearningTail</c>: the model cannot have such a layer behind it; or
    /// <c>AkidaLearningUnits</c>, <c>AkidaLearningNumWeights</c>.
    /// </exception>
    public static AkidaModel AddLayer(AkidaModel model, string name, int units, AkidaLearning learning, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Tail.Count > 0)
        {
            throw new QuantException(
                "AkidaLearningTail",
                QuantErrorKind.InvalidArgument,
                $"The Akida model '{model.Name}' goes on in float on the host, so that a layer behind it cannot learn. Cut the network with Split-QuantModel behind the ReLU whose outputs are to be learned from, and convert the first part.",
                model);
        }

        int inputs = new BinaryFeatures(model, name).Shape.Size;
        AkidaFullyConnected layer = new()
        {
            Name = name, Inbounds = [model.Layers[^1].Name], Units = units, Activation = false, Learning = learning,
        };
        AkidaModel longer = With(model, [.. model.Layers, layer]);
        return Replace(longer, LearningState.LayerOf(longer).With(LearningState.Neurons(layer, inputs, seed)));
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
    /// <param name="seed">The seed of their weights; that of the layer makes them what they were had it had the classes from the start.</param>
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

        int inputs = FeaturesOf(model, layer).Shape.Size;
        return (long)layer.Units / layer.Learning.NumClasses * ((long)layer.Learning.NumClasses + count) <= Array.MaxLength / inputs
            ? Replace(model, layer.WithClasses(count, inputs, seed))
            : throw layer.Invalid(
                "AkidaLearningSize", $"{count} more classes are more weights than fit an array. Add fewer classes.");
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
        return new BinaryFeatures(With(model, [.. model.Layers.Take(last + 1)]), layer.Name);
    }

    private static AkidaModel Replace(AkidaModel model, AkidaFullyConnected layer) =>
        With(model, [.. model.Layers.Take(model.Layers.Count - 1), layer]);

    private static AkidaModel With(AkidaModel model, IReadOnlyList<AkidaLayer> layers) =>
        new(model.Name, model.IpVersion, layers) { TakesChannelsFirst = model.TakesChannelsFirst, Form = model.Form };

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
