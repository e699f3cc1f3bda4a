namespace AkidaQuant.Execution;

/// <summary>Cuts samples into chunks that all cores work on, each with buffers of its own.</summary>
internal static class SampleChunks
{
    private const long BytesPerWorker = 24L << 20;
    private const int MostSamples = 64;

    /// <summary>The number of samples that one worker takes at a time: few enough that memory stays bounded.</summary>
    public static int Size(long bytesPerSample, int samples)
    {
        int perWorker = (samples + Environment.ProcessorCount - 1) / Environment.ProcessorCount;
        return (int)Math.Clamp(BytesPerWorker / Math.Max(bytesPerSample, 1), 1, Math.Clamp(perWorker, 1, MostSamples));
    }

    /// <summary>Runs <paramref name="body"/> over all chunks of [start, start + count), in any order.</summary>
    /// <typeparam name="TWorker">What a worker keeps from chunk to chunk.</typeparam>
    /// <param name="start">The first sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="size">The number of samples in a chunk.</param>
    /// <param name="workers">Workers that are free; new ones are made when it is empty.</param>
    /// <param name="create">Makes a worker.</param>
    /// <param name="body">Takes a worker, the first sample of the chunk and the number of samples.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public static void Run<TWorker>(
        int start,
        int count,
        int size,
        System.Collections.Concurrent.ConcurrentBag<TWorker> workers,
        Func<TWorker> create,
        Action<TWorker, int, int> body,
        CancellationToken cancellation)
    {
        int chunks = (count + size - 1) / size;
        try
        {
            // Without a limit more workers than cores may run in the long run, each with buffers of its own.
            ParallelOptions options = new() { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.For(0, chunks, options, chunk =>
            {
                if (!workers.TryTake(out TWorker? worker))
                {
                    worker = create();
                }

                int first = chunk * size;
                body(worker, start + first, Math.Min(size, count - first));
                workers.Add(worker);
            });
        }
        catch (AggregateException errors) when (errors.InnerExceptions.OfType<QuantException>().FirstOrDefault() is { } error)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        }
    }
}
