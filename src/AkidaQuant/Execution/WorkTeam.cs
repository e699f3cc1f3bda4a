using System.Runtime.ExceptionServices;

namespace AkidaQuant.Execution;

/// <summary>
/// Threads of the pool that help the caller with one stage after another. A part of a stage is taken by whoever is free, the caller
/// among them, so that work is done even where no thread of the pool comes to help.
/// </summary>
/// <param name="threads">The most threads that work at once, that of the caller included.</param>
internal sealed class WorkTeam(int threads) : IThreadPoolWorkItem
{
    private const int CountShift = 16;
    private const int GenerationShift = 32;
    private const long Field = (1L << CountShift) - 1;

    /// <summary>So many parts have a place in a ticket.</summary>
    public const int MostThreads = (int)Field;

    /// <summary>
    /// The stage at hand, the number of its parts and the next one to take, in one word so that no part of an earlier stage is taken.
    /// </summary>
    private long _ticket;
    private int _done;
    private int _helpers;
    private volatile bool _isOpen;
    private volatile Exception? _error;
    private Action<WorkShare>? _work;

    /// <summary>The most parts that stages are divided into.</summary>
    public int Threads { get; } = Math.Clamp(threads, 1, MostThreads);

    /// <summary>More threads than cores would only wait for one another.</summary>
    private int Helpers => Math.Min(Threads, Environment.ProcessorCount) - 1;

    /// <summary>Sends the threads away.</summary>
    public void Close() => _isOpen = false;

    /// <summary>
    /// Runs all parts of a stage and comes back when they are done. The first stage of several parts calls threads of the pool, which
    /// stay until <see cref="Close"/>.
    /// </summary>
    /// <param name="work">Computes a part; called by several threads.</param>
    /// <param name="shares">The number of parts.</param>
    public void Run(Action<WorkShare> work, int shares)
    {
        if (shares == 1)
        {
            work(default);
            return;
        }

        Open();
        _work = work;
        Volatile.Write(ref _done, 0);
        long generation = (_ticket >> GenerationShift) + 1;
        Volatile.Write(ref _ticket, (generation << GenerationShift) | ((long)shares << CountShift));
        while (TryRunShare())
        {
        }

        SpinWait wait = default;
        while (Volatile.Read(ref _done) < shares)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        if (_error is { } error)
        {
            _error = null;
            ExceptionDispatchInfo.Throw(error);
        }
    }

    /// <summary>What a thread of the pool does: takes parts while the team is open.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.Increment(ref _helpers) <= Helpers)
        {
            SpinWait wait = default;
            while (_isOpen)
            {
                if (TryRunShare())
                {
                    wait.Reset();
                }
                else
                {
                    wait.SpinOnce(sleep1Threshold: -1);
                }
            }
        }

        Interlocked.Decrement(ref _helpers);
    }

    private void Open()
    {
        if (_isOpen)
        {
            return;
        }

        _isOpen = true;
        for (int i = Volatile.Read(ref _helpers); i < Helpers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private bool TryRunShare()
    {
        long ticket = Volatile.Read(ref _ticket);
        int count = (int)((ticket >> CountShift) & Field);
        int next = (int)(ticket & Field);
        if (next >= count || Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket)
        {
            return next < count;
        }

        try
        {
            _work!(new WorkShare(next, count));
        }
        catch (Exception error)
        {
            // Brought to the caller, once all other parts are done, too: they use the same buffers.
            _error = error;
        }
        finally
        {
            Interlocked.Increment(ref _done);
        }

        return true;
    }
}
