using AkidaQuant.Transforms;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Puts a Rescaling behind the input of a float model.</summary>
[Cmdlet(VerbsCommon.Add, "QuantRescaling", HelpUri = OnlineHelp.Pages + "Add-QuantRescaling.md")]
[OutputType(typeof(Model))]
public sealed class AddQuantRescalingCommand : ModelCmdlet
{
    /// <summary>One factor, or one for each channel.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    public double[] Scale { get; set; } = [];

    /// <summary>One summand, or one for each channel.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNull]
    public double[] Offset { get; set; } = [0];

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(_ => RescalingInsertion.Insert(Model, Scale, Offset)));
}
