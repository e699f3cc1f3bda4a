using AkidaQuant.Akida.Learning;
using AkidaQuant.Execution;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Lets the last layer of an Akida 1.0 model learn from samples, and gives the model that has learned.</summary>
[Cmdlet(VerbsData.Update, "AkidaModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Update-AkidaModel.md")]
[OutputType(typeof(AkidaModel))]
public sealed class UpdateAkidaModelCommand : AkidaRunCmdlet
{
    private SampleSet _samples = null!;

    /// <summary>The class of all samples, or of each of them; that which the samples have unless given.</summary>
    [Parameter]
    [Takes(typeof(int[]), Kinds.Wholes)]
    [ValidateNotNullOrEmpty]
    public int[]? Label { get; set; }

    /// <summary>The seed of the weights of a layer that has none yet.</summary>
    [Parameter]
    [Takes(typeof(ulong), Kinds.Seed)]
    public ulong Seed { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _samples = Label switch
        {
            null => Input,
            [var one] => Input.WithLabels([.. Enumerable.Repeat(one, Input.Count)]),
            _ => Input.WithLabels(Label),
        };
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel => EdgeLearning.Learn(
        Network,
        _samples,
        Seed,
        BatchSize,
        ThrottleLimit,
        channel.Verbose,
        channel.Batches($"Learning with '{Network.Name}'", _samples.Count, SampleBatches.BatchSize(BatchSize, isStateful: false)),
        channel.Cancellation)));
}
