namespace AkidaQuant.PowerShell.Commands;

/// <summary>The layers, shapes and parameter counts of a model.</summary>
[Cmdlet(VerbsCommon.Get, "QuantSummary", HelpUri = OnlineHelp.Pages + "Get-QuantSummary.md")]
[OutputType(typeof(ModelSummary), typeof(SummaryRow))]
public sealed class GetQuantSummaryCommand : ModelCmdlet
{
    /// <summary>Gives one object a layer, to filter, sort and write, instead of the summary.</summary>
    [Parameter]
    public SwitchParameter AsRow { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        ModelSummary summary = Compute(_ => new ModelSummary(Network));
        WriteObject(AsRow ? summary.Rows : summary, enumerateCollection: AsRow);
    }
}
