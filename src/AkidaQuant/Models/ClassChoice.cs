using System.Globalization;
using System.Numerics.Tensors;

namespace AkidaQuant;

/// <summary>A class with its score.</summary>
/// <param name="Class">The class, from 0.</param>
/// <param name="Score">The greatest output of its neurons.</param>
public sealed record ClassScore(int Class, double Score)
{
    /// <summary>The class and the score: <c>3: 0.98</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}: {Score:G6}");
}

/// <summary>
/// How a class is chosen of the outputs of a model (akida-model.md 3.3): neurons are shared out to classes in groups of equal size, one
/// behind the other; the class of the neuron with the greatest output wins, the first of equal ones, unless that output is too small.
/// </summary>
public sealed record ClassChoice
{
    /// <summary>The number of classes; null for one a neuron.</summary>
    public int? ClassCount { get; init; }

    /// <summary>The least score that makes a class; null for any.</summary>
    public double? Threshold { get; init; }

    /// <summary>How many of the best classes a prediction lists; 0 for none but the best.</summary>
    public int TopK { get; init; }

    /// <summary>Whether predictions are changed at all.</summary>
    public bool IsNeeded => ClassCount is not null || Threshold is not null || TopK > 0;

    /// <summary>The number of classes of a model.</summary>
    /// <param name="model">The model, for the error.</param>
    /// <param name="output">The shape of its output.</param>
    /// <exception cref="QuantException">
    /// <c>OutputNotClasses</c>: the output is not one row. <c>ClassCountInvalid</c>: its neurons cannot be shared out evenly.
    /// <c>ParameterOutOfRange</c>: there are fewer classes than are to be listed.
    /// </exception>
    public int Classes(string model, Shape output)
    {
        int neurons = output.Channels;
        if (output.Size != neurons)
        {
            throw new QuantException(
                "OutputNotClasses",
                QuantErrorKind.InvalidArgument,
                $"The model '{model}' gives {output} for each sample, which is not one row with a value for each class. Only classifiers have classes.",
                model);
        }

        if (Threshold is double.NaN)
        {
            throw new QuantException(
                "ParameterOutOfRange", QuantErrorKind.InvalidArgument, "The threshold must be a number, but it is NaN.", nameof(Threshold));
        }

        int classes = ClassCount ?? neurons;
        return classes < 1 || neurons % classes != 0
            ? throw new QuantException(
                "ClassCountInvalid",
                QuantErrorKind.InvalidArgument,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The {neurons} neurons of '{model}' cannot be shared out evenly to {classes} classes. Give a number that divides {neurons}."),
                model)
            : TopK < 0 || TopK > classes
            ? throw new QuantException(
                "ParameterOutOfRange",
                QuantErrorKind.InvalidArgument,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"TopK must be from 1 to {classes}, the classes of the model '{model}', but it is {TopK}."),
                "TopK")
            : classes;
    }

    /// <summary>A prediction with the class that is chosen. One without a score stays as it is.</summary>
    public Prediction Apply(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return prediction is { Class: { } neuron, Score: { } score }
            ? prediction with
            {
                Class = ClassOf(neuron, prediction.Output.Count, score),
                Ranking = Ranking(prediction.Output.Select(value => (double)value)),
            }
            : prediction;
    }

    /// <summary>Whether a score makes a class.</summary>
    internal bool Accepts(double score) => Threshold is not { } least || score >= least;

    /// <summary>The scores of the classes, each the greatest output of its neurons.</summary>
    /// <param name="outputs">The outputs of the neurons.</param>
    /// <param name="scores">Where they go, as many as there are classes.</param>
    internal static void Reduce(ReadOnlySpan<float> outputs, Span<float> scores)
    {
        int group = outputs.Length / scores.Length;
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = TensorPrimitives.Max(outputs.Slice(i * group, group));
        }
    }

    /// <summary>The class of the neuron with the greatest output; null where that is too small.</summary>
    internal int? ClassOf(int neuron, int neurons, double score) =>
        Accepts(score) ? neuron / (neurons / (ClassCount ?? neurons)) : null;

    /// <summary>The best classes, as many as were asked for, but those whose score is too small.</summary>
    internal ValueList<ClassScore> Ranking(IEnumerable<double> neurons)
    {
        double[] outputs = TopK == 0 ? [] : [.. neurons];
        if (outputs.Length == 0)
        {
            return [];
        }

        int group = outputs.Length / (ClassCount ?? outputs.Length);
        return
        [
            .. outputs.Chunk(group)
                .Select((values, index) => new ClassScore(index, TensorPrimitives.Max<double>(values)))
                .OrderByDescending(entry => double.IsNaN(entry.Score) ? double.PositiveInfinity : entry.Score)
                .Where(entry => Accepts(entry.Score))
                .Take(TopK),
        ];
    }
}
