using AkidaQuant.Akida;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Runs an Akida model over samples, in the emulator.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "AkidaModel", HelpUri = OnlineHelp.Pages + "Invoke-AkidaModel.md")]
[OutputType(typeof(Prediction), typeof(PotentialPrediction))]
[OutputType("System.Numerics.Tensors.Tensor`1[System.Single]", "System.Numerics.Tensors.Tensor`1[System.Int32]")]
public sealed class InvokeAkidaModelCommand : AkidaRunCmdlet
{
    /// <summary>Gives all outputs as one tensor instead of one prediction a sample.</summary>
    [Parameter]
    public SwitchParameter AsTensor { get; set; }

    /// <summary>Gives the integers before the Dequantizer.</summary>
    [Parameter]
    public SwitchParameter Potential { get; set; }

    private string Activity => $"Emulating '{Model.Name}'";

    /// <inheritdoc/>
    protected override void Process()
    {
        if (AsTensor)
        {
            WriteObject(Compute(channel => Potential ? GatherPotentials(channel) : GatherOutputs(channel)), enumerateCollection: false);
        }
        else
        {
            Stream(channel => Potential ? PredictPotentials(channel) : PredictOutputs(channel), WriteObject);
        }
    }

    private object GatherOutputs(WorkChannel channel) =>
        OutputTensor.Collect(
            Emulator.Run(Model, Sample, BatchSize, ThrottleLimit, cancellation: channel.Cancellation),
            Model.OutputShape,
            Sample.Count,
            Report(Activity, channel));

    private object GatherPotentials(WorkChannel channel) =>
        OutputTensor.Collect(
            Emulator.RunPotentials(Model, Sample, BatchSize, ThrottleLimit, channel.Cancellation),
            Model.Potentials.Shape,
            Sample.Count,
            Report(Activity, channel));

    private IEnumerable<object> PredictOutputs(WorkChannel channel)
    {
        Action<int> report = Report(Activity, channel);
        foreach (OutputBatch batch in Emulator.Run(Model, Sample, BatchSize, ThrottleLimit, cancellation: channel.Cancellation))
        {
            report(batch.Start + batch.Count);
            foreach (Prediction prediction in Prediction.From(batch, Model.OutputShape, Sample))
            {
                yield return prediction;
            }
        }
    }

    private IEnumerable<object> PredictPotentials(WorkChannel channel)
    {
        Action<int> report = Report(Activity, channel);
        foreach (PotentialBatch batch in Emulator.RunPotentials(Model, Sample, BatchSize, ThrottleLimit, channel.Cancellation))
        {
            report(batch.Start + batch.Count);
            foreach (PotentialPrediction prediction in PotentialPrediction.From(batch, Model.Potentials.Shape, Sample))
            {
                yield return prediction;
            }
        }
    }
}
