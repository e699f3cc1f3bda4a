namespace AkidaQuant.PowerShell.Commands;

/// <summary>The layers, shapes and parameter counts of a model.</summary>
[Cmdlet(VerbsCommon.Get, "QuantSummary", HelpUri = OnlineHelp.Pages + "Get-QuantSummary.md")]
[OutputType(typeof(ModelSummary))]
public sealed class GetQuantSummaryCommand : ModelCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(_ => new ModelSummary(Network)));
}
