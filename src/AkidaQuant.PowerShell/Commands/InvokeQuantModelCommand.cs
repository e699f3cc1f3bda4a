using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Runs a model, float or quantized, over samples.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "QuantModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Invoke-QuantModel.md")]
[OutputType(typeof(Prediction), typeof(MultiPrediction))]
[OutputType("System.Numerics.Tensors.Tensor`1[System.Single]")]
public sealed class InvokeQuantModelCommand : ModelRunCmdlet
{
    /// <summary>Gives all outputs as one tensor instead of one prediction a sample.</summary>
    [Parameter]
    public SwitchParameter AsTensor { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (AsTensor)
        {
            WriteObject(Compute(Gather), enumerateCollection: false);
        }
        else
        {
            Stream(Predict, WriteObject);
        }
    }

    private object Gather(WorkChannel channel)
    {
        Model fitted = Inference.Fit(Network, Input);
        return OutputTensor.Collect(
            Inference.RunAll(fitted, Input, BatchSize, ThrottleLimit, channel.Cancellation),
            fitted.Plan.Outputs,
            Input.Count,
            Report(Activity, channel));
    }

    private IEnumerable<Prediction> Predict(WorkChannel channel)
    {
        Model fitted = Inference.Fit(Network, Input);
        Action<int> report = Report(Activity, channel);
        foreach (OutputBatch batch in Inference.RunAll(fitted, Input, BatchSize, ThrottleLimit, channel.Cancellation))
        {
            report(batch.Start + batch.Count);
            foreach (Prediction prediction in Prediction.From(batch, fitted.Plan.Outputs, Input))
            {
                yield return prediction;
            }
        }
    }

    private string Activity => $"Running '{Network.Name}'";
}
