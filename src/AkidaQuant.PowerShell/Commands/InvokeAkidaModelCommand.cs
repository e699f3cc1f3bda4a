using AkidaQuant.Akida;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Runs an Akida model over samples, in the emulator.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "AkidaModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Invoke-AkidaModel.md")]
[OutputType(typeof(Prediction), typeof(MultiPrediction), typeof(PotentialPrediction))]
[OutputType("System.Numerics.Tensors.Tensor`1[System.Single]", "System.Numerics.Tensors.Tensor`1[System.Int32]")]
public sealed class InvokeAkidaModelCommand : AkidaRunCmdlet
{
    /// <summary>Gives all outputs as one tensor instead of one prediction a sample.</summary>
    [Parameter]
    public SwitchParameter AsTensor { get; set; }

    /// <summary>Gives the integers before the Dequantizer.</summary>
    [Parameter]
    public SwitchParameter Potential { get; set; }

    /// <summary>The number of best classes that each prediction lists.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? TopK { get; set; }

    private string Activity => $"Emulating '{Network.Name}'";

    /// <inheritdoc/>
    protected override void Process()
    {
        ClassChoice choice = Choice with { TopK = TopK ?? 0 };
        if (choice.IsNeeded)
        {
            choice.Classes(Network.Name, Potential ? Network.Potentials.Shape : Network.OutputShape);
        }

        if (AsTensor)
        {
            WriteObject(Compute(channel => Potential ? GatherPotentials(channel) : GatherOutputs(channel)), enumerateCollection: false);
        }
        else
        {
            Stream(channel => Potential ? PredictPotentials(channel, choice) : PredictOutputs(channel, choice), WriteObject);
        }
    }

    private object GatherOutputs(WorkChannel channel) =>
        OutputTensor.Collect(
            Emulator.RunAll(Network, Input, BatchSize, ThrottleLimit, channel.Cancellation),
            Network.Outputs,
            Input.Count,
            Report(Activity, channel));

    private object GatherPotentials(WorkChannel channel) =>
        OutputTensor.Collect(
            Emulator.RunPotentials(Network, Input, BatchSize, ThrottleLimit, channel.Cancellation),
            Network.Potentials.Shape,
            Input.Count,
            Report(Activity, channel));

    private IEnumerable<object> PredictOutputs(WorkChannel channel, ClassChoice choice)
    {
        Action<int> report = Report(Activity, channel);
        foreach (OutputBatch batch in Emulator.RunAll(Network, Input, BatchSize, ThrottleLimit, channel.Cancellation))
        {
            report(batch.Start + batch.Count);
            foreach (Prediction prediction in Prediction.From(batch, Network.Outputs, Input))
            {
                yield return choice.IsNeeded ? choice.Apply(prediction) : prediction;
            }
        }
    }

    private IEnumerable<object> PredictPotentials(WorkChannel channel, ClassChoice choice)
    {
        Action<int> report = Report(Activity, channel);
        foreach (PotentialBatch batch in Emulator.RunPotentials(Network, Input, BatchSize, ThrottleLimit, channel.Cancellation))
        {
            report(batch.Start + batch.Count);
            foreach (PotentialPrediction prediction in PotentialPrediction.From(batch, Network.Potentials.Shape, Input))
            {
                yield return choice.IsNeeded ? prediction.Choose(choice) : prediction;
            }
        }
    }
}
