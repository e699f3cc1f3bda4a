using AkidaQuant.Analysis;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Gives the values of kernels, one object for each output channel of each layer.</summary>
[Cmdlet(VerbsCommon.Get, "QuantDistribution", HelpUri = OnlineHelp.Pages + "Get-QuantDistribution.md")]
[OutputType(typeof(KernelDistribution))]
public sealed class GetQuantDistributionCommand : ModelCmdlet
{
    /// <summary>The only layer to look at.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Layer { get; set; }

    /// <summary>The number of bars of histograms.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int BarCount { get; set; } = KernelDistribution.DefaultBarCount;

    /// <inheritdoc/>
    protected override void Process() => Stream(_ => DistributionAnalysis.Run(Model, Layer, BarCount), WriteObject);
}
