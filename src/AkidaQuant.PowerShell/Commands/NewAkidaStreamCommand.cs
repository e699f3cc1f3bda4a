using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a stream over an Akida model, which holds what the model remembers from call to call.</summary>
[Cmdlet(VerbsCommon.New, "AkidaStream", HelpUri = OnlineHelp.Pages + "New-AkidaStream.md")]
[OutputType(typeof(AkidaStream))]
public sealed class NewAkidaStreamCommand : AkidaModelCmdlet
{
    /// <summary>The number of parallel streams: so many samples are one time step.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(_ => new AkidaStream(Network, Count)));
}
