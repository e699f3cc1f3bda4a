using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>What can be chosen when a network is made of its description.</summary>
public sealed record NetworkOptions
{
    /// <summary>The seed of new weights; null for that of the description, and other weights each time where it has none.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The <c>.npz</c> file of the weights; null for what the description says.</summary>
    public string? Weights { get; init; }

    /// <summary>The shape of one sample, for a description that leaves sizes of it open; null for what the description says.</summary>
    public Shape? InputShape { get; init; }

    /// <summary>
    /// The layers whose outputs the model is to give; null for what the description says. Nothing that only other layers need is read.
    /// </summary>
    public IReadOnlyList<string>? Output { get; init; }

    /// <summary>The most bytes that the weights may take in memory; null for 2 GB.</summary>
    public long? MaxSize { get; init; }

    /// <summary>Told in a sentence where the weights come from.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>
    /// Told instead when a description has neither weights nor a seed, and none is given: its reader may take the model for a trained one.
    /// </summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Stops the filling of weights.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The choices of those who read a model from any file.</summary>
    public static NetworkOptions From(ModelReadOptions options) => new()
    {
        InputShape = options.InputShape,
        Output = options.Output,
        MaxSize = options.MaxSize,
        Report = options.Verbose,
        Warning = options.Warning,
        Cancellation = options.Cancellation,
    };
}
