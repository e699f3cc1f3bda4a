using AkidaQuant.Execution;

namespace AkidaQuant.Models;

/// <summary>Runs models over samples, batch after batch, each batch on all cores.</summary>
public static class Inference
{
    /// <summary>
    /// The real outputs of a model; a quantized model without a Dequantizer at its end gives its integers. Of a model that gives several
    /// tensors it is the first; <see cref="RunAll"/> has all.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">
    /// The most samples held in memory, which never changes a result. For a model that keeps state it is the number of
    /// parallel streams: each batch holds the next time step of every stream, and the first one finds a reset state.
    /// </param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">
    /// The samples do not fit the model, or are no multiple of the streams (<c>StreamLengthsDiffer</c>).
    /// </exception>
    public static IEnumerable<OutputBatch> Run(
        Model model,
        SampleSet samples,
        int? batchSize = null,
        int? threads = null,
        CancellationToken cancellation = default)
    {
        Model fitted = Fit(model, samples);
        return Steps(model.Name, fitted, [fitted.Plan.OutputStep], samples, batchSize, threads, cancellation);
    }

    /// <summary>All tensors that a model gives, those of a sample one behind the other, in the order of the plan's outputs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">As <see cref="Run"/>.</exception>
    public static IEnumerable<OutputBatch> RunAll(
        Model model,
        SampleSet samples,
        int? batchSize = null,
        int? threads = null,
        CancellationToken cancellation = default)
    {
        Model fitted = Fit(model, samples);
        return Steps(model.Name, fitted, fitted.Plan.OutputSteps, samples, batchSize, threads, cancellation);
    }

    /// <summary>The model that runs on samples: dimensions that it leaves open are theirs.</summary>
    /// <exception cref="QuantException">The samples do not have the model's input shape.</exception>
    public static Model Fit(Model model, SampleSet samples)
    {
        Model shaped = model.InputShape.IsKnown ? model : model.WithInputShape(samples.SampleShape);
        shaped.Input.Fit(samples, model.Name);
        return shaped;
    }

    private static IEnumerable<OutputBatch> Steps(
        string name,
        Model fitted,
        IReadOnlyList<int> steps,
        SampleSet samples,
        int? batchSize,
        int? threads,
        CancellationToken cancellation) => SampleBatches
        .Run<float>(
            fitted.Plan,
            fitted.Input.Fit(samples, name),
            batchSize,
            threads,
            fitted.Input.Integers,
            steps,
            (runner, batch, values) => StepOutputs.Copy(runner, steps, batch, values.Span),
            cancellation)
        .Select(batch => new OutputBatch(batch.Start, batch.Count, batch.Values));
}
