using AkidaQuant.Analysis;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Measures how well and how fast an Akida model classifies labelled samples, and how sparse its layers are.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "AkidaModel", HelpUri = OnlineHelp.Pages + "Measure-AkidaModel.md")]
[OutputType(typeof(AkidaMeasurement))]
public sealed class MeasureAkidaModelCommand : AkidaRunCmdlet
{
    /// <summary>Numbers of guesses to measure besides the first.</summary>
    [Parameter]
    [ValidateNotNull]
    public int[] TopK { get; set; } = [];

    /// <summary>Counts the zeros in the outputs of the layers too.</summary>
    [Parameter]
    public SwitchParameter Sparsity { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel =>
        Measurement.Run(
            Model, Sample, TopK, Sparsity, BatchSize, ThrottleLimit, Report($"Measuring '{Model.Name}'", channel), channel.Cancellation)));
}
