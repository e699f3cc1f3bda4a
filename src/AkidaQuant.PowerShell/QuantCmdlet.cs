using System.Collections.Concurrent;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>
/// What all cmdlets share: errors become error records, long work runs on another thread and what it says is written
/// by the pipeline's, and Ctrl+C stops it.
/// </summary>
public abstract class QuantCmdlet : PSCmdlet, IDisposable
{
    private const int MostWaiting = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _typed = [];
    private bool _isBound;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        _isBound = true;
        Guard(Begin, ThrowTerminatingError);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(
        () =>
        {
            Receive();
            Process();
        },
        WriteError);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(End, ThrowTerminatingError);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Before the first object; an error ends the command.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Reads what the pipeline gave, before <see cref="Process"/>; an error is written and the next object follows.</summary>
    protected virtual void Receive()
    {
    }

    /// <summary>For each object; an error is written and the next object follows.</summary>
    protected virtual void Process()
    {
    }

    /// <summary>After the last object; an error ends the command.</summary>
    protected virtual void End()
    {
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>Runs a part of the work; its error is written and the next part can follow.</summary>
    protected void Try(Action part) => Guard(part, WriteError);

    /// <summary>Does a part of the work for each file that paths name; the error of one is written and the next follows.</summary>
    protected void ForEachFile(string[] paths, bool isLiteral, Action<string> part)
    {
        foreach (string path in paths)
        {
            Try(() =>
            {
                foreach (string file in isLiteral ? [FilePaths.Literal(SessionState, path)] : FilePaths.Resolve(SessionState, path))
                {
                    Try(() => part(file));
                }
            });
        }
    }

    /// <summary>Whether the cmdlet has a parameter of that name.</summary>
    internal bool Has(string parameter) => MyInvocation.MyCommand.Parameters.ContainsKey(parameter);

    /// <summary>
    /// Takes an argument for a parameter whose position differs between parameter sets. The engine offers it the arguments
    /// at each of its positions, and goes on to the next parameter when it refuses.
    /// </summary>
    /// <exception cref="PSInvalidOperationException">It has one already.</exception>
    protected T Once<T>(string parameter, T argument) =>
        _isBound || _typed.Add(parameter)
            ? argument
            : throw new PSInvalidOperationException(
                $"{MyInvocation.MyCommand.Name} -{parameter} has an argument already.{ModelAdvice.Elsewhere(this, argument)}");

    /// <summary>
    /// Takes an argument for a parameter that has the first position where nothing is piped. Where something is, the engine
    /// goes on to the parameter whose position that then is.
    /// </summary>
    /// <exception cref="PSInvalidOperationException">The pipeline gives it.</exception>
    protected T UnlessPiped<T>(string parameter, T argument, string? advice = null) =>
        _isBound || !MyInvocation.ExpectingInput
            ? Once(parameter, argument)
            : throw new PSInvalidOperationException(
                $"{MyInvocation.MyCommand.Name} takes -{parameter} or what is piped to it. {advice ?? ModelAdvice.Either(this)}");

    /// <summary>Does work on another thread and gives its result.</summary>
    protected internal T Compute<T>(Func<WorkChannel, T> work)
    {
        T result = default!;
        Stream(channel => [work(channel)], (T item) => result = item);
        return result;
    }

    /// <summary>Does work on another thread whose results are taken on the pipeline's thread as they come.</summary>
    protected void Stream<T>(Func<WorkChannel, IEnumerable<T>> work, Action<T> take)
    {
        var queue = new BlockingCollection<Action>(MostWaiting);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var channel = new WorkChannel(this, queue, stop.Token);
        Task worker = Task.Run(() => Produce(work, take, channel, queue));
        try
        {
            foreach (Action action in queue.GetConsumingEnumerable(stop.Token))
            {
                action();
            }

            Rethrow(worker);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            // Also when a later command of the pipeline wants no more. Work that is slow to notice is left behind.
            stop.Cancel();
            Task.WaitAny([worker], Patience);
            channel.EndProgress();
        }
    }

    private static void Produce<T>(
        Func<WorkChannel, IEnumerable<T>> work,
        Action<T> take,
        WorkChannel channel,
        BlockingCollection<Action> queue)
    {
        try
        {
            foreach (T item in work(channel))
            {
                channel.ReleaseWarnings();
                queue.Add(() => take(item), channel.Cancellation);
            }

            channel.ReleaseWarnings();
        }
        finally
        {
            queue.CompleteAdding();
        }
    }

    private static void Rethrow(Task worker)
    {
        try
        {
            worker.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (QuantException or OperationCanceledException))
        {
            throw new WorkFailedException(e);
        }
    }

    // Only errors of our own: what the rest of the pipeline throws through WriteObject goes its way.
    private static void Guard(Action part, Action<ErrorRecord> report)
    {
        try
        {
            part();
        }
        catch (QuantException e)
        {
            report(ErrorRecords.Of(e));
        }
        catch (WorkFailedException e)
        {
            report(ErrorRecords.Unexpected(e.InnerException!));
        }
    }

    private sealed class WorkFailedException(Exception inner) : Exception(inner.Message, inner);
}
