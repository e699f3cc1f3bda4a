namespace AkidaQuant.Execution;

/// <summary>Takes samples through a plan, batch after batch, the chunks of each batch on all cores.</summary>
public static class SampleBatches
{
    /// <summary>The samples of a batch unless told otherwise.</summary>
    public const int DefaultBatchSize = 256;

    /// <summary>The batch size to use: the one given, else one stream for models that keep state and 256 samples for others.</summary>
    public static int BatchSize(int? batchSize, bool isStateful) => batchSize ?? (isStateful ? 1 : DefaultBatchSize);

    /// <summary>The threads to use: as many as given, up to more than any machine has, else one a core.</summary>
    public static int Threads(int? threads)
    {
        int count = threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(threads));
        return Math.Min(count, WorkTeam.MostThreads);
    }

    /// <summary>
    /// How the samples of a batch are shared out; not at all when the model keeps state, so that one worker sees every time step.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="results">The steps whose results are looked at.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="batchSize">The samples of a batch.</param>
    /// <param name="threads">The most threads.</param>
    /// <exception cref="QuantException"><c>StreamLengthsDiffer</c>: the samples are no multiple of the streams.</exception>
    internal static SampleChunks Chunks(
        ExecutionPlan plan, RunnerResults results, SampleSet samples, int batchSize, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (!plan.IsStateful)
        {
            return SampleChunks.Of(plan.BytesPerSample(results), Math.Min(batchSize, samples.Count), threads);
        }

        return samples.Count % batchSize == 0
            ? SampleChunks.Whole(batchSize, threads)
            : throw new QuantException(
                "StreamLengthsDiffer",
                QuantErrorKind.InvalidArgument,
                $"The model '{plan.ModelName}' keeps state, so its samples are the time steps of as many parallel streams as the batch size says. {samples.Count} samples cannot be shared out to {batchSize} streams of the same length. Give a batch size that divides the number of samples.",
                samples);
    }

    /// <summary>The results that are looked at, and who sees them as soon as they are there.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="steps">The steps whose results are collected.</param>
    /// <param name="observers">Those of other plans see nothing.</param>
    internal static (RunnerResults Results, Action<int, TensorData, int>? Observe) Observed(
        ExecutionPlan plan, IReadOnlyList<int> steps, IReadOnlyList<IPlanObserver>? observers)
    {
        IPlanObserver[] own = observers is null ? [] : [.. observers.Where(observer => observer.Plan == plan)];
        RunnerResults results = RunnerResults.Of(steps, own.SelectMany(observer => observer.Steps));
        return (results, own.Length == 0 ? null : (step, data, batch) =>
        {
            foreach (IPlanObserver observer in own)
            {
                observer.Observe(step, data, batch);
            }
        });
    }

    /// <summary>Refuses outputs of a batch that do not fit an array.</summary>
    /// <param name="samples">The samples of the batch.</param>
    /// <param name="size">The values that each gives.</param>
    /// <param name="target">The parameter that the batch comes from.</param>
    /// <exception cref="QuantException"><c>BatchTooLarge</c>.</exception>
    internal static void RequireArray(int samples, int size, string target)
    {
        if ((long)samples * size > Array.MaxLength)
        {
            throw new QuantException(
                "BatchTooLarge",
                QuantErrorKind.InvalidArgument,
                $"The outputs of {samples} samples, {size} values each, are too many for one array. Use a smaller batch.",
                target);
        }
    }

    /// <summary>Runs samples through a plan, batch after batch, the chunks of a batch on all cores.</summary>
    /// <typeparam name="T">The values that are collected.</typeparam>
    /// <param name="plan">The plan.</param>
    /// <param name="samples">The samples, in the shape that it takes.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams; null for the default.</param>
    /// <param name="threads">The most threads; null for one a core.</param>
    /// <param name="type">The integers that the input takes, with their name for errors; null for any values.</param>
    /// <param name="steps">The steps whose results are collected.</param>
    /// <param name="collect">Takes them from who ran a number of samples, and fills their values, as many as they have elements.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <param name="observers">See results, as <see cref="PlanRunner"/> shows them; those of other plans see nothing.</param>
    /// <param name="carried">Of a plan that keeps state, what it remembers from call to call; null where each call is new.</param>
    /// <exception cref="QuantException">
    /// The samples are not of the type, or no multiple of the streams (<c>StreamLengthsDiffer</c>), or their outputs do not fit
    /// an array (<c>BatchTooLarge</c>).
    /// </exception>
    internal static IEnumerable<(int Start, int Count, T[] Values)> Run<T>(
        ExecutionPlan plan,
        SampleSet samples,
        int? batchSize,
        int? threads,
        (ValueRange Range, string Name)? type,
        IReadOnlyList<int> steps,
        Action<PlanRunner, int, Memory<T>> collect,
        CancellationToken cancellation,
        IReadOnlyList<IPlanObserver>? observers = null,
        CarriedState? carried = null)
    {
        int length = BatchSize(batchSize, plan.IsStateful);
        (RunnerResults results, Action<int, TensorData, int>? observe) = Observed(plan, steps, observers);
        SampleChunks chunks = Chunks(plan, results, samples, length, Threads(threads));
        int size = steps.Sum(step => plan.StepList[step].Prepared.Output.Shape.Size);
        RequireArray(Math.Min(length, samples.Count), size, nameof(batchSize));
        return Batches();

        IEnumerable<(int Start, int Count, T[] Values)> Batches()
        {
            RunnerLease runners = new(plan, chunks, results, carried);
            try
            {
                for (int start = 0; start < samples.Count; start += length)
                {
                    int count = Math.Min(length, samples.Count - start);
                    var values = new T[count * size];
                    int first = start;
                    runners.Run(first, count, (runner, at, batch) =>
                    {
                        SampleInput.Load(samples, at, batch, runner.Input, type, plan.ModelName);
                        runner.Run(batch, observe, cancellation);
                        collect(runner, batch, values.AsMemory((at - first) * size, batch * size));
                    }, cancellation);
                    if (start + count == samples.Count)
                    {
                        runners.Carry();
                    }

                    yield return (start, count, values);
                }
            }
            finally
            {
                runners.Dispose();
            }
        }
    }
}
