using System.Globalization;

namespace AkidaQuant.Akida.Devices;

/// <summary>How processors are given to layers (akida-model.md 3.8).</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum AkidaMapMode : long
{
    /// <summary>As many processors as possible, in as few passes as possible.</summary>
    AllNps = 1,

    /// <summary>As many processors as possible, in as many passes as it takes: the device is loaded anew for each.</summary>
    HwPr = 2,

    /// <summary>As few processors as possible.</summary>
    Minimal = 3,
}

/// <summary>
/// What of an Akida model would run where on a device (akida-model.md 3.8 and 4.4). Rules and bytes are exact; numbers of processors are
/// estimates, because no page says how layers are placed.
/// </summary>
public sealed class AkidaMapping
{
    /// <summary>A mapping of given layers, such as one that was printed elsewhere.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The device.</param>
    /// <param name="mode">How processors were given.</param>
    /// <param name="sequences">The sequences in their order.</param>
    /// <param name="layers">The layers of the model in their order.</param>
    public AkidaMapping(
        AkidaModel model,
        AkidaDevice device,
        AkidaMapMode mode,
        IReadOnlyList<AkidaSequence> sequences,
        IReadOnlyList<MappedLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        Model = model;
        Device = device;
        Mode = mode;
        Sequences = [.. sequences];
        Layers = [.. layers];
    }

    /// <summary>The model.</summary>
    public AkidaModel Model { get; }

    /// <summary>The device.</summary>
    public AkidaDevice Device { get; }

    /// <summary>How processors are given to layers.</summary>
    public AkidaMapMode Mode { get; }

    /// <summary>What runs together, in order.</summary>
    public ValueList<AkidaSequence> Sequences { get; }

    /// <summary>The layers with what each takes.</summary>
    public ValueList<MappedLayer> Layers { get; }

    /// <summary>The rules that layers break, and advice, all of a layer.</summary>
    public ValueList<HardwareRow> Problems { get; init; } = [];

    /// <summary>The fewest neural processors that hold all layers at once, those of refused layers left out: an estimate.</summary>
    public int Needed { get; init; }

    /// <summary>Why the layers that no rule refuses do not fit at once; null where they do, or where the device has no figure.</summary>
    public AkidaShortage? Shortage { get; init; }

    /// <summary>The neural processors of the device; null where they are not known.</summary>
    public int? Available => Device.Processors;

    /// <summary>The neural processors that layers are given, the input convolution not counted: an estimate.</summary>
    public int Used => Layers.Where(layer => layer.Component != LayerDemand.Hrc).Sum(layer => layer.Processors);

    /// <summary>
    /// Channels for what skips layers: one for each input of an Add or Concatenate that does not come from the layer before it.
    /// </summary>
    public int SkipDmas => Layers.Sum(layer => layer.SkipDmas);

    /// <summary>Bytes of weights in external memory.</summary>
    public long ExternalMemory => Layers.Sum(layer => layer.ExternalMemory);

    /// <summary>Bytes of the largest input of a layer: what a processor would have to hold that takes each layer whole.</summary>
    public long LargestInput => Layers.Select(layer => layer.InputBytes).DefaultIfEmpty().Max();

    /// <summary>Bytes of the largest weights of a layer: what a processor would have to hold that takes each layer whole.</summary>
    public long LargestWeights => Layers.Select(layer => layer.WeightBytes).DefaultIfEmpty().Max();

    /// <summary>Bytes of all weights.</summary>
    public long WeightBytes => Layers.Sum(layer => layer.WeightBytes);

    /// <summary>
    /// Whether all of it runs in one sequence on the device, by the estimate of processors; null where no rule is broken and the device's
    /// figures are not known.
    /// </summary>
    public bool? Fits => Sequences is not [{ Backend: AkidaBackend.Hardware }] ? false
        : Device.Processors is null || Device.InputMemory is null || Device.WeightMemory is null ? null
        : true;

    /// <summary>The text that is shown of the mapped model.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public AkidaSummary Summarize() => new(Model, new AkidaPlacement
    {
        Sequences = Sequences,
        Components = Layers
            .Where(layer => layer.Processors > 0)
            .ToDictionary(
                layer => layer.Layer,
                layer => new AkidaComponent(layer.Component, layer.Processors, layer.ExternalMemory),
                StringComparer.Ordinal),
        ComponentOrder = ["HRC", "CNP1", "CNP2", "FNP2", "FNP3", "TNP_B", "TNP_R"],
        SkipDmas = SkipDmas,
    });

    /// <summary>Refuses a mapping that is not whole on the device (<c>map(hw_only=True)</c>, akida-model.md 3.8).</summary>
    /// <exception cref="QuantException">
    /// <c>AkidaMappingFailed</c>: layers stay in software, or the device is too small; all problems are listed.
    /// </exception>
    public void RequireHardware()
    {
        string[] problems =
        [
            .. Problems.Where(row => row.Verdict == HardwareVerdict.Refused).Select(row => row.Problem),
            .. Shortage is { } shortage && Fits == false ? [$"{shortage}."] : Array.Empty<string>(),
            .. Layers.Where(layer => layer.Reason.Length > 0 && !IsRefused(layer.Layer))
                .Select(layer => $"Layer '{layer.Layer}' ({layer.Type}): {layer.Reason}."),
        ];
        if (Fits == false)
        {
            throw new QuantException(
                "AkidaMappingFailed",
                QuantErrorKind.NotSupported,
                $"'{Model.Name}' does not run on {Device.Name} as a whole. Solve these, or map it without -HardwareOnly, which leaves layers to software; Test-AkidaModel -Device lists them as objects:",
                Model.Name,
                items: problems.Length > 0 ? problems : ["It has no layer that a processor computes."]);
        }
    }

    private bool IsRefused(string layer) => Problems.Any(row => row.Layer == layer && row.Verdict == HardwareVerdict.Refused);

    /// <summary>What runs where: <c>digits on AKD1000: 12 of 68 neural processors (estimate), 1 sequence</c>.</summary>
    public override string ToString() => Printable.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"{Model.Name} on {Device.Name}: {Used}{(Available is { } available ? $" of {available}" : string.Empty)} neural processors (estimate), {(Sequences.Count == 1 ? "1 sequence" : $"{Sequences.Count} sequences")}"));
}

/// <summary>More processors of a kind than a device has.</summary>
/// <param name="Needed">Those that are needed at once: an estimate.</param>
/// <param name="Available">Those that there are.</param>
/// <param name="Kind">What they are: <c>neural processors</c>.</param>
public sealed record AkidaShortage(int Needed, int Available, string Kind)
{
    /// <summary>As the vendor's tools say it: <c>30 neural processors are needed but 24 are available (estimate)</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Needed} {Kind} are needed but {Available} are available (estimate)");
}

/// <summary>A layer of a mapped model, for people.</summary>
public sealed record MappedLayer
{
    /// <summary>The name of the model.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>The name of the device.</summary>
    public string Device { get; init; } = string.Empty;

    /// <summary>The name of the layer.</summary>
    public required string Layer { get; init; }

    /// <summary>The type of the layer.</summary>
    public required string Type { get; init; }

    /// <summary>The sequence that it runs in, from 1; 0 for an InputData, which is in none.</summary>
    public int Sequence { get; init; }

    /// <summary>The pass of its sequence, from 1; 0 for layers that run in software or nowhere.</summary>
    public int Pass { get; init; }

    /// <summary>Where it runs.</summary>
    public AkidaBackend Backend { get; init; }

    /// <summary>The kind of processor (akida-model.md 4.3); empty for layers that take none.</summary>
    public string Component { get; init; } = string.Empty;

    /// <summary>The number of processors: an estimate where <see cref="IsEstimate"/> says so.</summary>
    public int Processors { get; init; }

    /// <summary>Whether the number of processors is an estimate; the input convolution is always one.</summary>
    public bool IsEstimate { get; init; }

    /// <summary>Bytes of what goes in, exact.</summary>
    public long InputBytes { get; init; }

    /// <summary>Bytes of the weights, exact.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Bytes of weights in external memory: those of the weights alone, of which the vendor's format takes more.</summary>
    public long ExternalMemory { get; init; }

    /// <summary>Channels for what skips layers.</summary>
    public int SkipDmas { get; init; }

    /// <summary>Why it runs in software; empty where it runs on the device.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Where it runs: <c>conv: 4 CNP1</c>.</summary>
    public override string ToString() => Printable.Of(
        Processors > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Layer}: {Processors} {Component}") : $"{Layer}: {Backend}");
}
