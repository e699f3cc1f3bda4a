using AkidaQuant.Akida;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>The layers and shapes of an Akida model.</summary>
[Cmdlet(VerbsCommon.Get, "AkidaSummary", HelpUri = OnlineHelp.Pages + "Get-AkidaSummary.md")]
[OutputType(typeof(AkidaSummary))]
public sealed class GetAkidaSummaryCommand : AkidaModelCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(_ => new AkidaSummary(Network)));
}
