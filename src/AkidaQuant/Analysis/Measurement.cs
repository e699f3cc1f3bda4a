using System.Diagnostics;
using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Analysis;

/// <summary>Compares the outputs of classifiers with the labels of samples.</summary>
public static class Measurement
{
    /// <summary>Runs a model over labelled samples.</summary>
    /// <param name="model">The model, whose output must be one row.</param>
    /// <param name="samples">The samples with their labels.</param>
    /// <param name="topK">Numbers of guesses to measure besides the first, each from 1 to the number of classes.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams of a model that keeps state.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="QuantException">
    /// <c>LabelsMissing</c>, <c>LabelOutOfRange</c>, <c>OutputNotClasses</c>, <c>ParameterOutOfRange</c>, or the samples do not fit
    /// the model.
    /// </exception>
    public static ModelMeasurement Run(
        Model model,
        SampleSet samples,
        IReadOnlyList<int>? topK = null,
        int? batchSize = null,
        int? threads = null,
        Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        Model fitted = Inference.Fit(model, samples);
        ModelMeasurement measured = Of(
            model.Name,
            fitted.Plan.Output.Shape,
            samples,
            topK ?? [],
            Inference.Run(fitted, samples, batchSize, threads, cancellation),
            progress);
        return measured with { Kind = model.IsQuantized ? "quantized" : "float", Bits = model.Bits };
    }

    /// <summary>
    /// Runs an Akida model over labelled samples. Where zeros are counted, samples without labels and outputs that are no classes will do:
    /// accuracy is left out then, unless <paramref name="topK"/> asks for it.
    /// </summary>
    /// <param name="model">The model, whose output must be one row.</param>
    /// <param name="samples">The samples with their labels.</param>
    /// <param name="topK">Numbers of guesses to measure besides the first.</param>
    /// <param name="sparsity">Whether to count the zeros in the outputs of the layers too.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams of a model that keeps state.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <param name="choice">How a class is chosen of the outputs; null for the greatest.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="QuantException">
    /// As for other models, <c>ClassCountInvalid</c>, or <c>AkidaSparsityWithoutLayers</c>.
    /// </exception>
    public static AkidaMeasurement Run(
        AkidaModel model,
        SampleSet samples,
        IReadOnlyList<int>? topK = null,
        bool sparsity = false,
        int? batchSize = null,
        int? threads = null,
        Action<int>? progress = null,
        ClassChoice? choice = null,
        CancellationToken cancellation = default)
    {
        SparsityAnalysis? analysis = sparsity ? new SparsityAnalysis(model) : null;
        ClampAnalysis clamps = new(model);
        EmulationOptions options = new()
        {
            BatchSize = batchSize,
            Threads = threads,
            Observers = analysis is null ? [clamps] : [clamps, analysis],
        };
        IEnumerable<OutputBatch> batches = Emulator.Run(model, samples, options, cancellation);
        bool isJudged = !sparsity || topK is { Count: > 0 }
            || (samples.Labels is not null && model.OutputShape.Size == model.OutputShape.Channels);
        ModelMeasurement measured = isJudged
            ? Of(model.Name, model.OutputShape, samples, topK ?? [], batches, progress, choice)
            : Unjudged(model.Name, samples, batches, progress);
        return new AkidaMeasurement
        {
            Model = measured.Model,
            Kind = string.Create(CultureInfo.InvariantCulture, $"Akida {(int)model.IpVersion}.0"),
            Bits = model.Bits,
            Source = measured.Source,
            Count = measured.Count,
            Correct = measured.Correct,
            Rejected = measured.Rejected,
            TopK = measured.TopK,
            Confusion = measured.Confusion,
            Duration = measured.Duration,
            Sparsity = analysis is null ? [] : [.. analysis.Results],
            Clamped = clamps.Clamped,
            Values = clamps.Values,
        };
    }

    private static ModelMeasurement Unjudged(string model, SampleSet samples, IEnumerable<OutputBatch> batches, Action<int>? progress)
    {
        var clock = Stopwatch.StartNew();
        foreach (OutputBatch batch in batches)
        {
            progress?.Invoke(batch.Start + batch.Count);
        }

        return new ModelMeasurement
        {
            Model = model,
            Source = samples.Source,
            Count = samples.Count,
            Correct = null,
            TopK = [],
            Confusion = null,
            Duration = clock.Elapsed,
        };
    }

    /// <summary>Compares outputs that are being computed with the labels.</summary>
    /// <param name="model">The name of the model.</param>
    /// <param name="output">The shape of one output, which must be one row.</param>
    /// <param name="samples">The samples with their labels.</param>
    /// <param name="topK">Numbers of guesses to measure besides the first.</param>
    /// <param name="batches">The outputs of all samples in order; the time to get them is measured.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <param name="choice">How a class is chosen of the outputs; null for the greatest.</param>
    /// <exception cref="QuantException">
    /// <c>LabelsMissing</c>, <c>LabelOutOfRange</c>, <c>OutputNotClasses</c>, <c>ClassCountInvalid</c> or <c>ParameterOutOfRange</c>.
    /// </exception>
    public static ModelMeasurement Of(
        string model,
        Shape output,
        SampleSet samples,
        IReadOnlyList<int> topK,
        IEnumerable<OutputBatch> batches,
        Action<int>? progress = null,
        ClassChoice? choice = null)
    {
        int neurons = RequireClasses(model, output);
        int classes = choice?.Classes(model, output) ?? neurons;
        int[] labels = RequireLabels(samples, classes, model);
        foreach (int k in topK)
        {
            if (k < 1 || k > classes)
            {
                throw new QuantException(
                    "ParameterOutOfRange",
                    QuantErrorKind.InvalidArgument,
                    $"TopK must be from 1 to {classes}, the classes of the model '{model}', but it is {k}.",
                    "TopK");
            }
        }

        ConfusionMatrix confusion = new(classes);
        int[] ranks = new int[classes];
        float[] scores = new float[classes];
        int rejected = 0;
        var clock = Stopwatch.StartNew();
        foreach (OutputBatch batch in batches)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                ClassChoice.Reduce(batch.Values.AsSpan(i * neurons, neurons), scores);
                int label = labels[batch.Start + i];
                int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(scores);
                if (choice?.Accepts(scores[best]) == false)
                {
                    rejected++;
                    continue;
                }

                ranks[Rank(scores, label)]++;
                confusion.Add(label, best);
            }

            progress?.Invoke(batch.Start + batch.Count);
        }

        TopAccuracy[] top =
        [
            .. topK.Distinct().Order().Select(k => new TopAccuracy(k, ranks[..k].Sum(), (double)ranks[..k].Sum() / samples.Count)),
        ];
        return new ModelMeasurement
        {
            Model = model,
            Source = samples.Source,
            Count = samples.Count,
            Correct = confusion.Rows.Sum(row => row.Correct),
            Rejected = rejected,
            TopK = top,
            Confusion = confusion,
            Duration = clock.Elapsed,
        };
    }

    // Of equal outputs the first wins, as for the class of a prediction.
    private static int Rank(ReadOnlySpan<float> values, int label)
    {
        int rank = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] > values[label] || (values[i] == values[label] && i < label))
            {
                rank++;
            }
        }

        return rank;
    }

    private static int RequireClasses(string model, Shape output) =>
        output.Size == output.Channels
            ? output.Channels
            : throw new QuantException(
                "OutputNotClasses",
                QuantErrorKind.InvalidArgument,
                $"The model '{model}' gives {output} for each sample, which is not one row with a value for each class. Accuracy is measured of classifiers only.",
                model);

    private static int[] RequireLabels(SampleSet samples, int classes, string model)
    {
        int[] labels = samples.Labels
            ?? throw new QuantException(
                "LabelsMissing",
                QuantErrorKind.InvalidArgument,
                $"The {samples} from {samples.Source} have no labels to compare with. Import them with the array of labels, or add labels to the file.",
                samples);
        int index = Array.FindIndex(labels, label => label < 0 || label >= classes);
        return index < 0
            ? labels
            : throw new QuantException(
                "LabelOutOfRange",
                QuantErrorKind.InvalidArgument,
                $"Sample {index} of {samples.Source} has the label {labels[index]}, but the model '{model}' has the classes 0 to {classes - 1}. Check that the labels belong to this model.",
                samples);
    }
}
