namespace AkidaQuant.Execution;

/// <summary>
/// Which results of a plan's steps its user looks at: the others may lie in shared memory, or never be there because a step computes
/// on with them at once.
/// </summary>
public sealed class RunnerResults
{
    private readonly HashSet<int>? _kept;
    private readonly HashSet<int> _seen;

    private RunnerResults(HashSet<int>? kept, HashSet<int> seen)
    {
        _kept = kept;
        _seen = seen;
        Key = kept is null ? "all" : $"{string.Join(' ', kept.Order())}/{string.Join(' ', seen.Order())}";
    }

    /// <summary>All results can be read when all steps have run, that of <see cref="ExecutionPlan.ModelInput"/>, the input, too.</summary>
    public static RunnerResults All { get; } = new(null, []);

    /// <summary>The same for all that look at the same steps.</summary>
    internal string Key { get; }

    /// <summary>Some results only.</summary>
    /// <param name="kept">The steps whose results can be read when all have run.</param>
    /// <param name="observed">The steps whose results are shown as soon as they are there.</param>
    public static RunnerResults Of(IEnumerable<int> kept, IEnumerable<int>? observed = null)
    {
        HashSet<int> all = [.. kept];
        return new RunnerResults(all, [.. all, .. observed ?? []]);
    }

    /// <summary>Whether the result of a step can be read when all have run.</summary>
    public bool Keeps(int step) => _kept is null || _kept.Contains(step);

    /// <summary>Whether the result of a step is looked at at all.</summary>
    public bool Shows(int step) => _kept is null || _seen.Contains(step);
}
