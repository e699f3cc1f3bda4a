using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace AkidaQuant.PowerShell;

/// <summary>What work on another thread says to the user, carried to the pipeline's thread; and when to stop.</summary>
public sealed class WorkChannel
{
    private const int ActivityId = 1;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly PSCmdlet _cmdlet;
    private readonly BlockingCollection<Action> _queue;
    private readonly ConcurrentQueue<string> _warnings = [];
    private readonly bool _isVerbose;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next = Delay;
    private ProgressRecord? _shown;

    internal WorkChannel(PSCmdlet cmdlet, BlockingCollection<Action> queue, CancellationToken cancellation)
    {
        _cmdlet = cmdlet;
        _isVerbose = IsVerbose(cmdlet);
        _queue = queue;
        Cancellation = cancellation;
    }

    /// <summary>Stops the work: at Ctrl+C, or when the pipeline wants no more.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Says what was done and why. Names from files are escaped here, in everything that is said.</summary>
    public void Verbose(string message)
    {
        // A large network has a message for each node, and each takes its turn in the queue.
        if (_isVerbose)
        {
            _queue.Add(() => _cmdlet.WriteVerbose(Printable.Of(message)), Cancellation);
        }
    }

    /// <summary>Warns, once there is a result: a warning about work that then fails only hides the error.</summary>
    public void Warning(string message) => _warnings.Enqueue(message);

    /// <summary>Says how far the work is; shown only when it takes longer than a moment, and not too often.</summary>
    /// <param name="activity">What is being done.</param>
    /// <param name="unit">What is counted, in the plural.</param>
    /// <param name="done">How many are done.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="current">What is under way, such as a layer; null where that says nothing.</param>
    public void Progress(string activity, string unit, int done, int total, string? current = null)
    {
        TimeSpan elapsed = _clock.Elapsed;
        if (elapsed < _next || done >= total)
        {
            return;
        }

        TimeSpan left = elapsed / Math.Max(done, 1) * (total - done);
        _next = elapsed + Interval;
        var record = new ProgressRecord(
            ActivityId,
            Printable.Of(activity),
            string.Create(CultureInfo.InvariantCulture, $"{done} of {total} {unit} done, {total - done} to go"))
        {
            PercentComplete = (int)(100L * done / total),
            SecondsRemaining = (int)Math.Ceiling(left.TotalSeconds),
            CurrentOperation = current is null ? null : Printable.Of(current),
        };

        // A queue that is full shows that the user is being told something already.
        _queue.TryAdd(() => Show(record));
    }

    /// <summary>Turns a number of samples that are done into progress by batches.</summary>
    /// <param name="activity">What is being done.</param>
    /// <param name="samples">The number of samples in all.</param>
    /// <param name="batchSize">The samples of a batch.</param>
    public Action<int> Batches(string activity, int samples, int batchSize) =>
        done => Progress(activity, "batches", 1 + ((done - 1) / batchSize), 1 + ((samples - 1) / batchSize));

    /// <summary>Hands on the warnings about what has succeeded.</summary>
    internal void ReleaseWarnings()
    {
        while (_warnings.TryDequeue(out string? message))
        {
            _queue.Add(() => _cmdlet.WriteWarning(Printable.Of(message)), Cancellation);
        }
    }

    /// <summary>Takes the progress bar away; called on the pipeline's thread.</summary>
    internal void EndProgress()
    {
        if (_shown is { } record)
        {
            record.RecordType = ProgressRecordType.Completed;
            Show(record);
            _shown = null;
        }
    }

    private static bool IsVerbose(PSCmdlet cmdlet) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
            ? given is SwitchParameter { IsPresent: true }
            : Convert.ToString(cmdlet.GetVariableValue("VerbosePreference"), CultureInfo.InvariantCulture)?.ToUpperInvariant()
                is not (null or "" or "SILENTLYCONTINUE" or "IGNORE");

    private void Show(ProgressRecord record)
    {
        _shown = record;
        _cmdlet.WriteProgress(record);
    }
}
