using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.Repair;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Changes a float network so that it computes the same and becomes an Akida model.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "QuantModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Repair-QuantModel.md")]
[OutputType(typeof(Model))]
public sealed class RepairQuantModelCommand : AkidaVersionCmdlet
{
    private SampleSet? _samples;

    /// <summary>Samples of the network's input, or the path of their file: a random one where none are given.</summary>
    [Parameter]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public SampleSetOrPath? Sample { get; set; }

    /// <summary>The scheme that the network is to be quantized with.</summary>
    [Parameter]
    [Takes(typeof(QuantizationParams), Kinds.Scheme)]
    public QuantizationParams? Parameter { get; set; }

    /// <summary>The most threads that compute, which never changes a result; one a core unless given.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? ThrottleLimit { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _samples = new ArgumentReader(this).ReadSamples(nameof(Sample), Sample);
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel => Repairer.Repair(Network, new RepairOptions
    {
        Version = Generation,
        Samples = _samples,
        Parameters = Parameter,
        Threads = ThrottleLimit,
        Verbose = channel.Verbose,
        Warning = channel.Warning,
        Progress = new Report<RepairProgress>(value =>
            channel.Progress($"Repairing '{Network.Name}'", "problems", value.Done, value.Total, value.Layer)),
        Cancellation = channel.Cancellation,
    })));
}
