using System.Globalization;

namespace AkidaQuant.Akida;

/// <summary>Where a sequence of layers runs (akida-model.md 1.1).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum AkidaBackend : long
{
    /// <summary>On the host.</summary>
    Software,

    /// <summary>On a device.</summary>
    Hardware,
}

/// <summary>Layers that run together (akida-model.md 4.4).</summary>
public sealed record AkidaSequence
{
    /// <summary>The place in the model, from 1.</summary>
    public int Number { get; init; } = 1;

    /// <summary>Where it runs.</summary>
    public AkidaBackend Backend { get; init; }

    /// <summary>The names of its layers in their order.</summary>
    public required ValueList<string> Layers { get; init; }

    /// <summary>How often the device is loaded for it.</summary>
    public int PassCount { get; init; } = 1;

    /// <summary>
    /// Bytes of the program that the vendor's tools make of it; null where they are not known: nothing here makes programs.
    /// </summary>
    public long? ProgramSize { get; init; }

    /// <summary>The name in summaries: <c>HW/conv_0-classifier (Hardware)</c>.</summary>
    public string Label
    {
        get
        {
            string range = Layers switch
            {
                [] => string.Empty,
                [string only] => only,
                [string first, .., string last] => $"{first}-{last}",
            };
            string size = ProgramSize is { } bytes ? string.Create(CultureInfo.InvariantCulture, $" - size: {bytes} bytes") : string.Empty;
            return $"{(Backend == AkidaBackend.Hardware ? "HW" : "SW")}/{range} ({Backend}){size}";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Printable.Of(Label);
}

/// <summary>What a layer has of a device.</summary>
/// <param name="Type">The kind of processor: <c>CNP1</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="ExternalMemory">Bytes of external memory.</param>
public sealed record AkidaComponent(string Type, int Count, long ExternalMemory)
{
    /// <summary>The number and the kind: <c>4 CNP1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} {Type}");
}

/// <summary>Where the layers of a model run, for its summary.</summary>
public sealed record AkidaPlacement
{
    /// <summary>The sequences in their order.</summary>
    public required ValueList<AkidaSequence> Sequences { get; init; }

    /// <summary>What layers have of the device, by name; those without are not in it.</summary>
    public required IReadOnlyDictionary<string, AkidaComponent> Components { get; init; }

    /// <summary>The kinds of processors in the order in which they are listed.</summary>
    public ValueList<string> ComponentOrder { get; init; } = [];

    /// <summary>Channels for what skips layers.</summary>
    public int SkipDmas { get; init; }

    /// <summary>Where a layer runs; null for one in no sequence.</summary>
    internal AkidaBackend? BackendOf(string layer) =>
        Sequences.FirstOrDefault(sequence => sequence.Layers.Contains(layer))?.Backend;

    /// <summary>How much there is: <c>15 layers on a device, 1 sequence</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Components.Count} layers on a device, {(Sequences.Count == 1 ? "1 sequence" : $"{Sequences.Count} sequences")}");
}
