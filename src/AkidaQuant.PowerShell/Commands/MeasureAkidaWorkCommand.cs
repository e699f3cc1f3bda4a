using AkidaQuant.Akida;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Counts what layers of an Akida model have to do for samples, and what an event-based processor leaves out of that.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "AkidaWork", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Measure-AkidaWork.md")]
[OutputType(typeof(LayerWork), typeof(AkidaWork))]
public sealed class MeasureAkidaWorkCommand : AkidaRunCmdlet
{
    /// <summary>Gives one object with the sums over all layers instead of one a layer.</summary>
    [Parameter]
    public SwitchParameter Total { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaWork work = Compute(channel => WorkAnalysis.Run(
            Network,
            Input,
            BatchSize,
            ThrottleLimit,
            channel.Warning,
            Report($"Measuring '{Network.Name}'", channel),
            channel.Cancellation));
        WriteObject(Total ? work : work.Layers, enumerateCollection: !Total);
    }
}
