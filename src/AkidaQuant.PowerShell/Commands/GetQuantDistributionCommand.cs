using AkidaQuant.Analysis;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Gives the values of kernels, one object for each output channel of each layer.</summary>
[Cmdlet(VerbsCommon.Get, "QuantDistribution", DefaultParameterSetName = ArgumentSet,
    HelpUri = OnlineHelp.Pages + "Get-QuantDistribution.md")]
[OutputType(typeof(KernelDistribution))]
public sealed class GetQuantDistributionCommand : ModelFirstCmdlet
{
    /// <summary>The only layer to look at.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    [ValidateNotNullOrEmpty]
    public string? Layer
    {
        get;
        set => field = Once(nameof(Layer), value);
    }

    /// <summary>The number of bars of histograms.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int BarCount { get; set; } = KernelDistribution.DefaultBarCount;

    /// <inheritdoc/>
    protected override void Process() => Stream(_ => DistributionAnalysis.Run(Network, Layer, BarCount), WriteObject);
}
