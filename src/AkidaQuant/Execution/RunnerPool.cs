namespace AkidaQuant.Execution;

/// <summary>The runners of a plan that wait for the next call, so that it finds buffers and allocates none.</summary>
/// <param name="plan">The plan.</param>
internal sealed class RunnerPool(ExecutionPlan plan)
{
    /// <summary>The most memory that waits; runners beyond it are left to the garbage collector.</summary>
    private const long MostBytes = 64L << 20;

    private readonly Lock _lock = new();
    private readonly List<Idle> _idle = [];

    /// <summary>A runner whose streams, if any, are new.</summary>
    /// <param name="capacity">The most samples of one call.</param>
    /// <param name="results">The steps whose results are looked at.</param>
    /// <param name="threads">The most threads that compute a layer together.</param>
    public PlanRunner Rent(int capacity, RunnerResults results, int threads)
    {
        lock (_lock)
        {
            for (int i = _idle.Count - 1; i >= 0; i--)
            {
                PlanRunner runner = _idle[i].Runner;
                if (runner.Capacity == capacity && runner.Threads == threads && _idle[i].Results == results.Key)
                {
                    _idle.RemoveAt(i);
                    runner.Reset();
                    return runner;
                }
            }
        }

        return new PlanRunner(plan, capacity, results, threads);
    }

    /// <summary>Takes back a runner; those that have waited longest make room for it.</summary>
    /// <param name="runner">The runner.</param>
    /// <param name="results">What it was rented for.</param>
    public void Return(PlanRunner runner, RunnerResults results)
    {
        lock (_lock)
        {
            _idle.Add(new Idle(runner, results.Key));
            long bytes = 0;
            foreach (Idle idle in _idle)
            {
                bytes += idle.Runner.Bytes;
            }

            while (bytes > MostBytes)
            {
                bytes -= _idle[0].Runner.Bytes;
                _idle.RemoveAt(0);
            }
        }
    }

    private sealed record Idle(PlanRunner Runner, string Results);
}
