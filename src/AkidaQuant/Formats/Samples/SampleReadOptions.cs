namespace AkidaQuant.Formats.Samples;

/// <summary>How to read samples from a file or a folder.</summary>
public sealed record SampleReadOptions
{
    /// <summary>
    /// The array of samples in a <c>.npz</c> archive. Without it: <c>samples</c>, else <c>inputs</c>, <c>x</c>,
    /// <c>x_train</c>, <c>x_test</c>, else the only array that is not labels.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// The labels: an array of the archive, or a column of a <c>.csv</c> file by its name or its number from 0, from
    /// the end when negative. Where a file has neither, the name of a label file beside it. Without it: what usually
    /// holds labels, when there is such a thing.
    /// </summary>
    public string? LabelName { get; init; }

    /// <summary>The label file, when <see cref="LabelName"/> is the path of one from somewhere else.</summary>
    public string? LabelPath { get; init; }

    /// <summary>The greatest number of samples to read; null for all.</summary>
    public int? First { get; init; }

    /// <summary>The number of samples to leave out at the start.</summary>
    public int Skip { get; init; }

    /// <summary>
    /// The shape of one sample, channels last: images are resized to it, arrays must have as many values. Dimensions of
    /// images that are unknown are left as they are, and arrays are when one is unknown.
    /// </summary>
    public Shape? Shape { get; init; }

    /// <summary>Whether arrays may have their channels first: such are left as they are, and rows of values are seen so.</summary>
    public bool MayBeChannelsFirst { get; init; }

    /// <summary>What separates the columns of a <c>.csv</c> file; null to find out from its first line.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether the first line of a <c>.csv</c> file names its columns; null when that is so if it is not all numbers.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>Files with more bytes than this stay where they are and are read by the batch.</summary>
    public long MemoryLimit { get; init; } = 256L << 20;

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation { get; init; }
}
