using AkidaQuant.Analysis;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Measures how well and how fast a model, float or quantized, classifies labelled samples.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "QuantModel", HelpUri = OnlineHelp.Pages + "Measure-QuantModel.md")]
[OutputType(typeof(ModelMeasurement))]
public sealed class MeasureQuantModelCommand : ModelRunCmdlet
{
    /// <summary>Numbers of guesses to measure besides the first.</summary>
    [Parameter]
    [ValidateNotNull]
    public int[] TopK { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel =>
        Measurement.Run(
            Model, Sample, TopK, BatchSize, ThrottleLimit, Report($"Measuring '{Model.Name}'", channel), channel.Cancellation)));
}
