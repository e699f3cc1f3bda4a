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
    [Takes(typeof(double[]), Kinds.Numbers, AllowsNull = true)]
    [AllowNull]
    public double[]? Scale
    {
        get;
        set => field = Once(nameof(Scale), value);
    }
    = [];

    /// <summary>One summand, or one for each channel.</summary>
    [Parameter(Position = 2, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 1, ParameterSetName = PipelineSet)]
    [Takes(typeof(double[]), Kinds.Numbers, AllowsNull = true)]
    public double[]? Offset
    {
        get;
        set => field = Once(nameof(Offset), value);
    }
    = [0];

    /// <inheritdoc/>
    /// <remarks>The engine blames the first parameter of a position for nothing that was meant for the next.</remarks>
    protected override void Begin()
    {
        base.Begin();
        Require(nameof(Scale), Scale);
        Require(nameof(Offset), Offset);
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(_ => RescalingInsertion.Insert(Network, Scale!, Offset!)));

    private static void Require(string parameter, double[]? numbers)
    {
        if (numbers is null)
        {
            throw new QuantException(
                "RescalingInvalid",
                QuantErrorKind.InvalidArgument,
                $"Add-QuantRescaling -{parameter} takes {Kinds.Numbers}, but was given {Given.Describe(null)}. The variable may be empty.");
        }
    }
}
