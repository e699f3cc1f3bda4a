namespace AkidaQuant.Akida.Devices;

/// <summary>A limit of a processor that layers are held against when a model is mapped (akida-model.md 2).</summary>
public sealed record HardwareRule
{
    /// <summary>The identifier, such as <c>Hw2InputColumns</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The design that has the limit.</summary>
    public required AkidaIp Ip { get; init; }

    /// <summary>The types of layers that it is about; none for all.</summary>
    public required ValueList<string> Layers { get; init; }

    /// <summary>What is limited: <c>input columns</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The figure: <c>5 to 384</c>.</summary>
    public required string Limit { get; init; }

    /// <summary>Where it is written.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// Whether later public facts allow what the page refuses, or an advice is broken and no limit: it is told, and the layer stays on the
    /// processor (akida-model.md 2.5).
    /// </summary>
    public bool IsNote { get; init; }

    /// <summary>What of a layer breaks the rule; null where nothing does.</summary>
    internal Func<HardwareSite, HardwareBreach?> Check { get; init; } = _ => null;

    /// <summary>Whether the rule is about layers of a type.</summary>
    internal bool IsAbout(string type) => Layers.Count == 0 || Layers.Contains(type);

    /// <summary>The identifier and the figure: <c>Hw2InputColumns: input columns 5 to 384</c>.</summary>
    public override string ToString() => $"{Id}: {Subject} {Limit}";
}

/// <summary>What breaks a rule.</summary>
/// <param name="Found">The layer's figure.</param>
/// <param name="Remedy">What would make it fit.</param>
/// <param name="Limit">The figure of the rule for this very layer; null for that of the rule.</param>
internal sealed record HardwareBreach(string Found, string Remedy, string? Limit = null);
