namespace AkidaQuant;

/// <summary>What <c>Repair-QuantModel</c> did to a float network so that it converts.</summary>
/// <param name="Version">The generation of processors that it was repaired for: 1 or 2.</param>
/// <param name="Changes">The changes, in the order in which they were made.</param>
/// <param name="Left">The rules that are still broken; empty where the network converts.</param>
public sealed record RepairReport(int Version, ValueList<RepairChange> Changes, ValueList<string> Left)
{
    /// <inheritdoc/>
    public override string ToString() => Left.Count == 0
        ? $"{Changes.Count} changes for Akida {Version}.0"
        : $"{Changes.Count} changes for Akida {Version}.0, {Left.Count} problems left";
}

/// <summary>One change that a repair made.</summary>
public sealed record RepairChange
{
    /// <summary>The name of the layer that a rule refused.</summary>
    public required string Layer { get; init; }

    /// <summary>The identifier of the rule, as errors of <c>ConvertTo-Akida</c> have it, or <c>StaysFloat</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>What was done, as the end of a sentence about the layer.</summary>
    public required string Action { get; init; }

    /// <summary>Multiplications that it adds to each sample; negative where it saves some (akida-model.md 1.6).</summary>
    public long AddedMacs { get; init; }

    /// <summary>
    /// Whether the result is a form that only this converter takes, so that an exported file of the quantized network is not
    /// converted by the reference.
    /// </summary>
    public bool IsOwnForm { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"'{Layer}' {Action} ({Rule})");
}
