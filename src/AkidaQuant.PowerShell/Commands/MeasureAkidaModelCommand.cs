using AkidaQuant.Akida;
using AkidaQuant.Analysis;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Measures how well and how fast an Akida model classifies labelled samples, and how sparse its layers are.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "AkidaModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Measure-AkidaModel.md")]
[OutputType(typeof(AkidaMeasurement))]
public sealed class MeasureAkidaModelCommand : AkidaClassCmdlet
{
    /// <summary>Numbers of guesses to measure besides the first.</summary>
    [Parameter]
    [Takes(typeof(int[]), Kinds.Wholes)]
    public int[] TopK { get; set; } = [];

    /// <summary>Counts the zeros in the outputs of the layers too.</summary>
    [Parameter]
    public SwitchParameter Sparsity { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel =>
    {
        AkidaMeasurement measured = Measurement.Run(
            Network,
            Input,
            TopK,
            Sparsity,
            BatchSize,
            ThrottleLimit,
            Report($"Measuring '{Network.Name}'", channel),
            Choice,
            channel.Cancellation);
        if (ClampAnalysis.WarningOf(measured.Model, measured.Clamped, measured.Values) is { } warning)
        {
            channel.Warning(warning);
        }

        return measured;
    }));
}
