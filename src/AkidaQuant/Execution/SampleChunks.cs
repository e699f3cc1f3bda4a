using System.Runtime.ExceptionServices;

namespace AkidaQuant.Execution;

/// <summary>
/// How the samples of a batch are shared out: in chunks, each worker taking one after the other, and how many threads compute
/// together on each.
/// </summary>
/// <param name="Size">The samples of a chunk.</param>
/// <param name="Workers">The chunks that run at once.</param>
/// <param name="ThreadsPerWorker">The threads that compute a chunk together, layer by layer.</param>
internal readonly record struct SampleChunks(int Size, int Workers, int ThreadsPerWorker)
{
    /// <summary>What a worker touches over and over should stay in the caches.</summary>
    private const long BytesPerWorker = 4L << 20;

    private const int MostSamples = 64;

    /// <summary>Chunks of a batch: few samples each, and as even as they can be.</summary>
    /// <param name="bytesPerSample">The memory that a worker needs for a sample.</param>
    /// <param name="samples">The samples of the batch.</param>
    /// <param name="threads">The most threads.</param>
    public static SampleChunks Of(long bytesPerSample, int samples, int threads)
    {
        int perWorker = Math.Max((samples + threads - 1) / threads, 1);
        int size = (int)Math.Clamp(BytesPerWorker / Math.Max(bytesPerSample, 1), 1, Math.Min(perWorker, MostSamples));
        int chunks = (samples + size - 1) / size;

        // With few chunks the last ones would leave threads without work; then all threads take each chunk together.
        return chunks % threads == 0 || chunks >= 4 * threads ? new SampleChunks(size, threads, 1) : new SampleChunks(size, 1, threads);
    }

    /// <summary>One worker that takes all samples of a batch at once, as models need that keep state.</summary>
    public static SampleChunks Whole(int samples, int threads) => new(samples, 1, threads);

    /// <summary>Runs <paramref name="body"/> over all chunks of [start, start + count), in any order.</summary>
    /// <param name="start">The first sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="body">Takes the first sample of a chunk and the number of samples.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public void Run(int start, int count, Action<int, int> body, CancellationToken cancellation)
    {
        int size = Size;
        int chunks = (count + size - 1) / size;
        if (Workers == 1)
        {
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                cancellation.ThrowIfCancellationRequested();
                body(start + (chunk * size), Math.Min(size, count - (chunk * size)));
            }

            return;
        }

        try
        {
            ParallelOptions options = new() { CancellationToken = cancellation, MaxDegreeOfParallelism = Workers };
            Parallel.For(0, chunks, options, chunk => body(start + (chunk * size), Math.Min(size, count - (chunk * size))));
        }
        catch (AggregateException errors) when (errors.InnerExceptions.OfType<QuantException>().FirstOrDefault() is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }
}
