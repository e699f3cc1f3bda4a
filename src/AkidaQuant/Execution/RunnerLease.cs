using System.Collections.Concurrent;

namespace AkidaQuant.Execution;

/// <summary>The runners that a call works with: taken from the plan when they are first needed, given back at the end.</summary>
/// <param name="plan">The plan.</param>
/// <param name="chunks">How samples are shared out.</param>
/// <param name="results">The steps whose results are looked at.</param>
/// <param name="carried">Of a plan that keeps state, what it remembers from call to call; null where each call is new.</param>
internal sealed class RunnerLease(ExecutionPlan plan, SampleChunks chunks, RunnerResults results, CarriedState? carried = null)
    : IDisposable
{
    private readonly ConcurrentBag<PlanRunner> _free = [];

    /// <summary>Runs <paramref name="body"/> over all chunks of some samples, each with a runner of its own.</summary>
    /// <param name="start">The first sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="body">Takes a runner, the first sample of the chunk and the number of samples.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    public void Run(int start, int count, Action<PlanRunner, int, int> body, CancellationToken cancellation) =>
        chunks.Run(start, count, (first, batch) =>
        {
            if (!_free.TryTake(out PlanRunner? runner))
            {
                runner = plan.Runners.Rent(chunks.Size, results, chunks.ThreadsPerWorker);
                if (carried?.Snapshot is { } snapshot)
                {
                    runner.Restore(snapshot);
                }
            }

            body(runner, first, batch);
            _free.Add(runner);
        }, cancellation);

    /// <summary>Keeps what the plan remembers now for the next run.</summary>
    public void Carry()
    {
        if (carried is not null && plan.IsStateful && _free.TryPeek(out PlanRunner? runner))
        {
            carried.Next = runner.Capture();
        }
    }

    /// <summary>Gives the runners back; one whose work failed is not among them.</summary>
    public void Dispose()
    {
        while (_free.TryTake(out PlanRunner? runner))
        {
            plan.Runners.Return(runner, results);
        }
    }
}
