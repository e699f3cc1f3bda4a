namespace AkidaQuant.Formats.Files;

/// <summary>How to read a model from a file.</summary>
public sealed record ModelReadOptions
{
    /// <summary>The shape of one sample, in the order of the file, for files that leave sizes of it open.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>
    /// The layers whose outputs the model is to give, in the names of the file; null for what the file itself gives. Nothing that
    /// only other layers need is read or refused.
    /// </summary>
    public IReadOnlyList<string>? Output { get; init; }

    /// <summary>
    /// The most bytes that the arrays of the model may take in memory, whatever the file declares; null for 2 GB, or 32 times the file
    /// where that is more.
    /// </summary>
    public long? MaxSize { get; init; }

    /// <summary>Told what was found, and what was rewritten and why.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Told that a description has no weights, so that the model has new ones, which nobody trained.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
