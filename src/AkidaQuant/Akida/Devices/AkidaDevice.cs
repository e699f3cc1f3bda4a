using System.Globalization;

namespace AkidaQuant.Akida.Devices;

/// <summary>
/// A processor that models are judged for and mapped on, real or virtual (akida-model.md 4.1). What no public page says is an estimate,
/// named in <see cref="Estimates"/> with its formula, or null.
/// </summary>
public sealed record AkidaDevice
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The design.</summary>
    public required AkidaIp Ip { get; init; }

    /// <summary>The generation of the models that it takes; Pico takes those of Akida 2.0.</summary>
    public AkidaVersion Version => Ip == AkidaIp.V1 ? AkidaVersion.V1 : AkidaVersion.V2;

    /// <summary>The version of the hardware as the vendor names it; empty where no page says it.</summary>
    public string HardwareVersion { get; init; } = string.Empty;

    /// <summary>The number of nodes; null where it is not known.</summary>
    public int? NodeCount { get; init; }

    /// <summary>All neural processors, the input convolution (HRC) not counted; null where it is not known.</summary>
    public int? Processors { get; init; }

    /// <summary>Processors for the first convolution over images (HRC): 1 or 0.</summary>
    public int Hrc { get; init; }

    /// <summary>How many of <see cref="Processors"/> can be convolutional ones (CNP1, CNP2).</summary>
    public int? Cnp { get; init; }

    /// <summary>How many can be dense ones with weights in external memory (FNP2).</summary>
    public int? Fnp2 { get; init; }

    /// <summary>How many can be dense ones with weights inside (FNP3).</summary>
    public int? Fnp3 { get; init; }

    /// <summary>How many can be temporal ones with a queue (TNP_B): the convolutional ones of Akida 2.0.</summary>
    public int? TnpB { get; init; }

    /// <summary>How many can be recurrent ones (TNP_R).</summary>
    public int? TnpR { get; init; }

    /// <summary>Channels for connections that skip layers; null where they are not known, and not counted against a model.</summary>
    public int? SkipDma { get; init; }

    /// <summary>Bytes of input memory of a processor; null where they are not known.</summary>
    public long? InputMemory { get; init; }

    /// <summary>Bytes of weight memory of a processor; null where they are not known.</summary>
    public long? WeightMemory { get; init; }

    /// <summary>The figures that no public page says, each with the formula that it comes from: <c>NodeCount: ...</c></summary>
    public ValueList<string> Estimates { get; init; } = [];

    /// <summary>Whether one of the figures is an estimate.</summary>
    public bool IsEstimate => Estimates.Count > 0;

    /// <summary>Where the other figures come from.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>The name and what is known: <c>SixNodesIPv2 (Akida 2.0, 24 neural processors)</c>.</summary>
    public override string ToString() => Printable.Of(
        Processors is { } count
            ? string.Create(CultureInfo.InvariantCulture, $"{Name} ({Ip.Title()}, {count} neural processors)")
            : $"{Name} ({Ip.Title()})");
}
