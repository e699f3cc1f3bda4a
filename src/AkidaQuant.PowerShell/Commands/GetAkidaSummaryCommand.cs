using AkidaQuant.Akida;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>The layers and shapes of an Akida model.</summary>
[Cmdlet(VerbsCommon.Get, "AkidaSummary")]
[OutputType(typeof(AkidaSummary), typeof(AkidaSummaryRow))]
public sealed class GetAkidaSummaryCommand : AkidaModelCmdlet
{
    /// <summary>Gives one object a layer, to filter, sort and write, instead of the summary.</summary>
    [Parameter]
    public SwitchParameter AsRow { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaSummary summary = Compute(_ => new AkidaSummary(Model));
        WriteObject(AsRow ? summary.Rows : summary, enumerateCollection: AsRow);
    }
}
