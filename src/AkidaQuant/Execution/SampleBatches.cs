using System.Collections.Concurrent;

namespace AkidaQuant.Execution;

/// <summary>Takes samples through a plan, batch after batch, the chunks of each batch on all cores.</summary>
public static class SampleBatches
{
    /// <summary>The samples of a batch unless told otherwise.</summary>
    public const int DefaultBatchSize = 256;

    /// <summary>The batch size to use: the one given, else one stream for models that keep state and 256 samples for others.</summary>
    public static int BatchSize(int? batchSize, bool isStateful) => batchSize ?? (isStateful ? 1 : DefaultBatchSize);

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

        return samples.Count % batchSize == 0
            ? batchSize
            : throw new QuantException(
                "StreamLengthsDiffer",
                QuantErrorKind.InvalidArgument,
                $"The model '{model}' keeps state, so its samples are the time steps of as many parallel streams as the batch size says. {samples.Count} samples cannot be shared out to {batchSize} streams of the same length. Give a batch size that divides the number of samples.",
                samples);
    }

    /// <summary>Runs samples through a plan, batch after batch, the chunks of a batch on all cores.</summary>
    /// <typeparam name="T">The values that are collected.</typeparam>
    /// <param name="plan">The plan.</param>
    /// <param name="samples">The samples, in the shape that it takes.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams; null for the default.</param>
    /// <param name="type">The integers that the input takes, with their name for errors; null for any values.</param>
    /// <param name="size">The number of values collected for each sample.</param>
    /// <param name="collect">Takes a worker that has run a number of samples, and fills their values.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">
    /// The samples are not of the type, or no multiple of the streams (<c>StreamLengthsDiffer</c>), or their outputs do not fit
    /// an array (<c>BatchTooLarge</c>).
    /// </exception>
    internal static IEnumerable<(int Start, int Count, T[] Values)> Run<T>(
        ExecutionPlan plan,
        SampleSet samples,
        int? batchSize,
        (ValueRange Range, string Name)? type,
        int size,
        Action<PlanRunner, int, Memory<T>> collect,
        CancellationToken cancellation)
    {
        int length = BatchSize(batchSize, plan.IsStateful);
        int chunk = ChunkSize(samples, length, plan.BytesPerSample, plan.IsStateful, plan.ModelName);
        if ((long)Math.Min(length, samples.Count) * size > Array.MaxLength)
        {
            throw new QuantException(
                "BatchTooLarge",
                QuantErrorKind.InvalidArgument,
                $"The outputs of {Math.Min(length, samples.Count)} samples, {size} values each, are too many for one array. Use a smaller batch.",
                nameof(batchSize));
        }

        return Batches();

        IEnumerable<(int Start, int Count, T[] Values)> Batches()
        {
            ConcurrentBag<PlanRunner> runners = [];
            for (int start = 0; start < samples.Count; start += length)
            {
                int count = Math.Min(length, samples.Count - start);
                var values = new T[count * size];
                int first = start;
                SampleChunks.Run(first, count, chunk, runners, () => plan.CreateRunner(chunk), (runner, at, batch) =>
                {
                    SampleInput.Load(samples, at, batch, runner.Input, type, plan.ModelName);
                    runner.Run(batch, cancellation);
                    collect(runner, batch, values.AsMemory((at - first) * size, batch * size));
                }, cancellation);
                yield return (start, count, values);
            }
        }
    }
}
