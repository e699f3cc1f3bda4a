namespace AkidaQuant.Repair;

/// <summary>A layer of a network as an Akida processor would take it, or what keeps it from that.</summary>
public sealed record CompatibilityRow
{
    /// <summary>The name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the layer; empty for what is wrong with the network as a whole.</summary>
    public required string Layer { get; init; }

    /// <summary>The class of the layer.</summary>
    public required string Class { get; init; }

    /// <summary>Where it runs: on Akida, in float behind it, nowhere because it does nothing, or refused.</summary>
    public required CompatibilityPlace Runs { get; init; }

    /// <summary>The Akida layer that it is part of, with its type; empty for none.</summary>
    public string AkidaLayer { get; init; } = string.Empty;

    /// <summary>The identifiers of the rules that it breaks; empty where it is fine.</summary>
    public string Rule { get; init; } = string.Empty;

    /// <summary>What was found; empty where the layer is fine.</summary>
    public string Problem { get; init; } = string.Empty;

    /// <summary>What would do: a repair, a parameter, or a change of the network; empty where the layer is fine.</summary>
    public string Remedy { get; init; } = string.Empty;

    /// <summary>The number of its weights and biases.</summary>
    public long Weights { get; init; }

    /// <summary>Multiplications and additions for one sample (akida-model.md 1.6).</summary>
    public long Macs { get; init; }

    /// <summary>What is said of the whole model: the shares that Akida takes, and the number of problems.</summary>
    public string Summary { get; init; } = string.Empty;

    /// <inheritdoc/>
    public override string ToString() => Problem.Length == 0 ? Printable.Of($"'{Layer}' runs {Runs}") : Problem;
}

/// <summary>Where a layer runs.</summary>
public enum CompatibilityPlace : long
{
    /// <summary>On the processor.</summary>
    Akida,

    /// <summary>On the host: in float, or in integers that no processor computes.</summary>
    Float,

    /// <summary>Nowhere: it does nothing at inference, or only says a shape.</summary>
    Nowhere,

    /// <summary>It is quantized, and a rule of the processor refuses it or what it belongs to.</summary>
    Refused,
}
