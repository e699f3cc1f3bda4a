using AkidaQuant.Akida;
using AkidaQuant.Akida.Devices;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>The layers and shapes of an Akida model, mapped on a device or not.</summary>
[Cmdlet(VerbsCommon.Get, "AkidaSummary", HelpUri = OnlineHelp.Pages + "Get-AkidaSummary.md")]
[OutputType(typeof(AkidaSummary), typeof(AkidaSummaryRow))]
public sealed class GetAkidaSummaryCommand : AkidaModelCmdlet
{
    /// <summary>Gives one object a layer, to filter, sort and write, instead of the summary.</summary>
    [Parameter]
    public SwitchParameter AsRow { get; set; }

    private AkidaMapping? Mapping { get; set; }

    /// <inheritdoc/>
    /// <remarks>What Resolve-AkidaMapping gives is summarized, too.</remarks>
    protected override void Read()
    {
        Mapping = Given.Single(Model.Value) as AkidaMapping;
        if (Mapping is null)
        {
            base.Read();
        }
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaSummary summary = Compute(_ => Mapping?.Summarize() ?? new AkidaSummary(Network));
        WriteObject(AsRow ? summary.Rows : summary, enumerateCollection: AsRow);
    }
}
