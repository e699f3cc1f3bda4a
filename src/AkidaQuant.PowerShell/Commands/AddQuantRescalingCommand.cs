using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.Transforms;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Puts a Rescaling behind the input of a float model.</summary>
[Cmdlet(VerbsCommon.Add, "QuantRescaling", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Add-QuantRescaling.md")]
[OutputType(typeof(Model))]
public sealed class AddQuantRescalingCommand : ModelFirstCmdlet
{
    /// <summary>One factor, or one for each channel.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet)]
    [Takes(typeof(double[]), Kinds.Numbers)]
    public double[] Scale
    {
        get;
        set => field = Once(nameof(Scale), value);
    }
    = [];

    /// <summary>One summand, or one for each channel.</summary>
    [Parameter(Position = 2, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 1, ParameterSetName = PipelineSet)]
    [Takes(typeof(double[]), Kinds.Numbers)]
    public double[] Offset
    {
        get;
        set => field = Once(nameof(Offset), value);
    }
    = [0];

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(_ => RescalingInsertion.Insert(Network, Scale, Offset)));
}
