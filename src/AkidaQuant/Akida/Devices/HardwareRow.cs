namespace AkidaQuant.Akida.Devices;

/// <summary>A layer on a processor: that it fits, or one of the rules that it breaks.</summary>
public sealed record HardwareRow
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the device.</summary>
    public required string Device { get; init; }

    /// <summary>The name of the layer; empty for what is wrong with the model as a whole.</summary>
    public required string Layer { get; init; }

    /// <summary>The type of the layer.</summary>
    public required string Type { get; init; }

    /// <summary>Whether the layer fits, or is refused.</summary>
    public required HardwareVerdict Verdict { get; init; }

    /// <summary>The identifier of the rule that it breaks; empty where it fits.</summary>
    public string Rule { get; init; } = string.Empty;

    /// <summary>What is limited: <c>input columns</c>; empty where it fits.</summary>
    public string Subject { get; init; } = string.Empty;

    /// <summary>The layer's figure; empty where it fits.</summary>
    public string Found { get; init; } = string.Empty;

    /// <summary>The figure of the rule; empty where it fits.</summary>
    public string Limit { get; init; } = string.Empty;

    /// <summary>What would make it fit; empty where it does.</summary>
    public string Remedy { get; init; } = string.Empty;

    /// <summary>All of that as a sentence; empty where it fits.</summary>
    public string Problem { get; init; } = string.Empty;

    /// <summary>Where the rule is written, or that it is an estimate; empty where it fits.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>What is said of the whole model on the device.</summary>
    public string Summary { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override string ToString() => Problem.Length == 0 ? Printable.Of($"'{Layer}' fits {Device}") : Problem;
}

/// <summary>Whether a layer can run on a processor.</summary>
public enum HardwareVerdict : long
{
    /// <summary>It breaks no rule.</summary>
    Fits,

    /// <summary>It breaks a rule that later public facts contradict, or an advice (akida-model.md 2.5).</summary>
    Noted,

    /// <summary>It breaks a rule.</summary>
    Refused,
}
