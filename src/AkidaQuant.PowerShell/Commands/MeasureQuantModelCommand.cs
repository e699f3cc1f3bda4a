using AkidaQuant.Analysis;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Measures how well and how fast a model, float or quantized, classifies labelled samples.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "QuantModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Measure-QuantModel.md")]
[OutputType(typeof(ModelMeasurement))]
public sealed class MeasureQuantModelCommand : ModelRunCmdlet
{
    /// <summary>Numbers of guesses to measure besides the first.</summary>
    [Parameter]
    [Takes(typeof(int[]), Kinds.Wholes)]
    public int[] TopK { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel =>
        Measurement.Run(
            Network, Input, TopK, BatchSize, ThrottleLimit, Report($"Measuring '{Network.Name}'", channel), channel.Cancellation)));
}
