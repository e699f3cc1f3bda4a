using AkidaQuant.Akida;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>The layers and shapes of an Akida model.</summary>
[Cmdlet(VerbsCommon.Get, "AkidaSummary", HelpUri = OnlineHelp.Pages + "Get-AkidaSummary.md")]
[OutputType(typeof(AkidaSummary), typeof(AkidaSummaryRow))]
public sealed class GetAkidaSummaryCommand : AkidaModelCmdlet
{
    /// <summary>Gives one object a layer, to filter, sort and write, instead of the summary.</summary>
    [Parameter]
    public SwitchParameter AsRow { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaSummary summary = Compute(_ => new AkidaSummary(Network));
        WriteObject(AsRow ? summary.Rows : summary, enumerateCollection: AsRow);
    }
}
