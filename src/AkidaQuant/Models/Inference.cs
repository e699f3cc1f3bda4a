using System.Collections.Concurrent;
using AkidaQuant.Execution;

namespace AkidaQuant.Models;

/// <summary>The outputs of a model for one batch of samples.</summary>
/// <param name="Start">The index of the first sample.</param>
/// <param name="Count">The number of samples.</param>
/// <param name="Values">The outputs, row-major, the batch first.</param>
public sealed record OutputBatch(int Start, int Count, float[] Values);

/// <summary>Runs models over samples, batch after batch, each batch on all cores.</summary>
public static class Inference
{
    /// <summary>The samples of a batch unless told otherwise.</summary>
    public const int DefaultBatchSize = 256;

    /// <summary>The batch size to use: the one given, else one stream for models that keep state and 256 samples for others.</summary>
    public static int BatchSize(int? batchSize, bool isStateful) => batchSize ?? (isStateful ? 1 : DefaultBatchSize);

    /// <summary>The real outputs of a model; a quantized model without a Dequantizer at its end gives its integers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">
    /// The most samples held in memory, which never changes a result. For a model that keeps state it is the number of
    /// parallel streams: each batch holds the next time step of every stream, and the first one finds a reset state.
    /// </param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model, or are no multiple of the streams (<c>StreamLengthsDiffer</c>).</exception>
    public static IEnumerable<OutputBatch> Run(Model model, SampleSet samples, int? batchSize = null, CancellationToken cancellation = default)
    {
        ExecutionPlan<Node> plan = Fit(model, samples).Plan;
        samples = SampleInput.Fit(samples, plan.Model.Input, model.Name);
        int size = BatchSize(batchSize, model.IsStateful);
        int chunk = ChunkSize(samples, size, plan.BytesPerSample, model.IsStateful, model.Name);
        return Batches<PlanRunner, float>(samples, size, chunk, plan.Output.Shape.Size, plan.CreateRunner, (runner, at, batch, values) =>
        {
            SampleInput.Load(samples, at, batch, runner.Input, plan.Model.Input.Type, plan.Model.Name);
            runner.Run(batch, cancellation);
            runner.Output.CopyTo(values.Span, batch);
        }, cancellation).Select(batch => new OutputBatch(batch.Start, batch.Count, batch.Values));
    }

    /// <summary>The model that runs on samples: dimensions that it leaves open are theirs.</summary>
    /// <exception cref="QuantException">The samples do not have the model's input shape.</exception>
    public static Model Fit(Model model, SampleSet samples)
    {
        Model shaped = model.InputShape.IsKnown ? model : model.WithInputShape(samples.SampleShape);
        SampleInput.Fit(samples, shaped.Input, model.Name);
        return shaped;
    }

    /// <summary>
    /// The samples that one worker takes at a time: the whole batch when the model keeps state, so that one worker sees
    /// every time step of its streams, else as many as memory and cores advise.
    /// </summary>
    /// <exception cref="QuantException"><c>StreamLengthsDiffer</c>: the samples are no multiple of the streams.</exception>
    internal static int ChunkSize(SampleSet samples, int batchSize, long bytesPerSample, bool isStateful, string model)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (!isStateful)
        {
            return SampleChunks.Size(bytesPerSample, Math.Min(batchSize, samples.Count));
        }

        return samples.Count % batchSize == 0 ? batchSize : throw new QuantException(
            "StreamLengthsDiffer",
            QuantErrorKind.InvalidArgument,
            $"The model '{model}' keeps state, so its samples are the time steps of as many parallel streams as the batch size says. {samples.Count} samples cannot be shared out to {batchSize} streams of the same length. Give a batch size that divides the number of samples.",
            samples);
    }

    /// <summary>Runs samples through workers, batch after batch, the chunks of a batch on all cores.</summary>
    /// <typeparam name="TRunner">A worker with buffers of its own.</typeparam>
    /// <typeparam name="T">The values that are collected.</typeparam>
    /// <param name="samples">The samples.</param>
    /// <param name="batchSize">The most samples held in memory.</param>
    /// <param name="chunk">The samples that a worker takes at a time.</param>
    /// <param name="size">The number of values collected for each sample.</param>
    /// <param name="create">Makes a worker for a number of samples.</param>
    /// <param name="run">Runs a number of samples from a first one and fills their values.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    internal static IEnumerable<(int Start, int Count, T[] Values)> Batches<TRunner, T>(
        SampleSet samples, int batchSize, int chunk, int size, Func<int, TRunner> create, Action<TRunner, int, int, Memory<T>> run, CancellationToken cancellation)
    {
        if ((long)Math.Min(batchSize, samples.Count) * size > Array.MaxLength)
        {
            throw new QuantException(
                "BatchTooLarge",
                QuantErrorKind.InvalidArgument,
                $"The outputs of {Math.Min(batchSize, samples.Count)} samples, {size} values each, are too many for one array. Use a smaller batch.",
                nameof(batchSize));
        }
        ConcurrentBag<TRunner> runners = [];
        for (int start = 0; start < samples.Count; start += batchSize)
        {
            int count = Math.Min(batchSize, samples.Count - start);
            var values = new T[count * size];
            int first = start;
            SampleChunks.Run(
                first, count, chunk, runners, () => create(chunk), (runner, at, batch) => run(runner, at, batch, values.AsMemory((at - first) * size, batch * size)), cancellation);
            yield return (start, count, values);
        }
    }
}
