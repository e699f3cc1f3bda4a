using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Checks;

/// <summary>How far the outputs of a quantized model are from those of the float one, over all samples.</summary>
/// <param name="Cosine">
/// The cosine of the angle between the outputs of both, all samples in one row; of several outputs the least.
/// </param>
/// <param name="RelativeError">The length of their difference by that of the float outputs; of several outputs the greatest.</param>
/// <param name="SignalToNoise">The same in decibels; of several outputs the least.</param>
public sealed record OutputError(double Cosine, double RelativeError, double SignalToNoise)
{
    /// <summary>Both figures: <c>cosine 0.9987, relative error 0.0512</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"cosine {Cosine:0.0000}, relative error {RelativeError:0.0000}");

    /// <summary>Runs samples through both models and compares their outputs.</summary>
    /// <param name="quantized">The quantized model, or another float one.</param>
    /// <param name="floating">The float model, with as many outputs in the same order; rewritten or not.</param>
    /// <param name="samples">The samples; for a model that keeps state the time steps of one stream.</param>
    /// <param name="threads">The most threads, which never changes a result; null for one a core.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException">
    /// The samples do not fit the models; <c>OutputsDiffer</c>: the outputs of the models have other shapes.
    /// </exception>
    public static OutputError Measure(
        Model quantized, Model floating, SampleSet samples, int? threads = null, CancellationToken cancellation = default) =>
        Measure(quantized, floating, samples, threads, 1, cancellation);

    /// <summary>Runs samples through both models and compares their outputs.</summary>
    /// <param name="quantized">The quantized model, or another float one.</param>
    /// <param name="floating">The float model, with as many outputs in the same order; rewritten or not.</param>
    /// <param name="samples">The samples; for a model that keeps state the time steps of the streams.</param>
    /// <param name="threads">The most threads, which never changes a result; null for one a core.</param>
    /// <param name="streams">The number of parallel streams of a model that keeps state; no other heeds it.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException">
    /// The samples do not fit the models, or are no multiple of the streams (<c>StreamLengthsDiffer</c>);
    /// <c>OutputsDiffer</c>: the outputs of the models have other shapes.
    /// </exception>
    public static OutputError Measure(
        Model quantized,
        Model floating,
        SampleSet samples,
        int? threads,
        int streams,
        CancellationToken cancellation)
    {
        Model actual = Inference.Fit(quantized, samples);
        Model expected = Inference.Fit(floating, samples);
        samples = actual.Input.Fit(samples, actual.Name);
        int count = SampleBatches.Threads(threads);
        if (actual.IsStateful)
        {
            SampleBatches.Chunks(actual.Plan, RunnerResults.Of([]), samples, streams, count);
        }

        OutputSums[] sums = Outputs(actual, expected);
        NetworkComparison comparison = new(actual, expected, sums.Select(sum => sum.Step));
        comparison.Run(samples, actual.IsStateful ? streams : null, count, cancellation);
        return Of(sums);
    }

    /// <summary>Sums for each output of two models.</summary>
    /// <exception cref="QuantException"><c>OutputsDiffer</c>.</exception>
    internal static OutputSums[] Outputs(Model quantized, Model floating)
    {
        Shape[] shapes = [.. quantized.Outputs.Select(name => quantized.Plan[name].Prepared.Output.Shape)];
        Shape[] expected = [.. floating.Outputs.Select(name => floating.Plan[name].Prepared.Output.Shape)];
        return shapes.Select(shape => shape.Size).SequenceEqual(expected.Select(shape => shape.Size))
            ? [.. quantized.Outputs.Zip(floating.Outputs, (actual, origin) => new OutputSums(quantized, actual, floating, origin))]
            : throw new QuantException(
                "OutputsDiffer",
                QuantErrorKind.InvalidArgument,
                $"The model '{quantized.Name}' gives {string.Join(" and ", shapes)} for a sample, but '{floating.Name}' gives {string.Join(" and ", expected)}, so it is not the one that the quantized model came from. Give that.",
                floating.Name);
    }

    /// <summary>What sums say together.</summary>
    internal static OutputError Of(IReadOnlyList<OutputSums> sums) => new(
        sums.Min(sum => sum.Cosine),
        sums.Max(sum => Decibels.RelativeError(sum.Signal, sum.Noise)),
        sums.Min(sum => Decibels.Of(sum.Signal, sum.Noise)));
}

/// <summary>The sums that compare one output of two models, in the order of the samples.</summary>
internal sealed class OutputSums
{
    private readonly RealValues _real;
    private double _actual;
    private double _product;

    /// <summary>Sums of nothing yet.</summary>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="actual">Its output.</param>
    /// <param name="floating">The float model.</param>
    /// <param name="expected">Its output.</param>
    public OutputSums(Model quantized, string actual, Model floating, string expected)
    {
        _real = RealValues.Of(quantized, actual);
        Step = new ComparedStep(quantized.Plan.Position(actual), floating.Plan.Position(expected), _real, (floats, integers, batch) =>
        {
            float[] values = new float[batch * integers.SampleSize];
            integers.CopyTo(values, batch);
            Add(floats.Values(batch), values);
        });
    }

    /// <summary>What is compared.</summary>
    public ComparedStep Step { get; }

    /// <summary>The energy of the float output.</summary>
    public double Signal { get; private set; }

    /// <summary>The energy of the difference.</summary>
    public double Noise { get; private set; }

    /// <summary>The cosine; 1 where both outputs are 0, and 0 where one is.</summary>
    public double Cosine => Noise == 0 ? 1 : Signal == 0 || _actual == 0 ? 0 : _product / (Math.Sqrt(Signal) * Math.Sqrt(_actual));

    /// <summary>Adds what both models gave for some samples.</summary>
    /// <param name="expected">The float values.</param>
    /// <param name="integers">The integers.</param>
    public void Add(ReadOnlySpan<float> expected, ReadOnlySpan<float> integers)
    {
        float[] steps = _real.Steps;
        for (int i = 0; i < integers.Length; i++)
        {
            double actual = (double)integers[i] * steps[i % steps.Length];
            Signal += (double)expected[i] * expected[i];
            _actual += actual * actual;
            _product += actual * expected[i];
            Noise += (actual - expected[i]) * (actual - expected[i]);
        }
    }
}
