using AkidaQuant.Akida;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Runs an Akida model over samples, in the emulator.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "AkidaModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Invoke-AkidaModel.md")]
[OutputType(typeof(Prediction), typeof(MultiPrediction), typeof(PotentialPrediction))]
[OutputType("System.Numerics.Tensors.Tensor`1[System.Single]", "System.Numerics.Tensors.Tensor`1[System.Int32]")]
public sealed class InvokeAkidaModelCommand : AkidaClassCmdlet
{
    /// <summary>The parameter set of a stream that knows its model.</summary>
    private const string StreamSet = "Stream";

    private AkidaStream? _stream;

    /// <inheritdoc/>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipelineSet)]
    [Accepts<AkidaModelArgument>]
    public override AkidaModelArgument Model
    {
        get => base.Model;
        set => base.Model = value;
    }

    /// <inheritdoc/>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = StreamSet)]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public override SampleSetOrPath Sample
    {
        get => base.Sample;
        set => base.Sample = value;
    }

    /// <summary>The stream whose next time steps the samples are.</summary>
    [Parameter(ParameterSetName = PipelineSet)]
    [Parameter(Mandatory = true, ParameterSetName = StreamSet)]
    [Accepts<AkidaStreamArgument>]
    public AkidaStreamArgument? Stream { get; set; }

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
    protected override void Begin()
    {
        _stream = new ArgumentReader(this).ReadStream(nameof(Stream), Stream);
        base.Begin();
    }

    /// <inheritdoc/>
    protected override void Read()
    {
        if (Model is null && _stream is not null)
        {
            Network = _stream.Model;
        }
        else
        {
            base.Read();
        }
    }

    /// <inheritdoc/>
    /// <remarks>The last output that is handed on makes a call part of its stream; whoever takes all has them all.</remarks>
    protected override void Process()
    {
        ClassChoice choice = Choice with { TopK = TopK ?? 0 };
        if (choice.IsNeeded)
        {
            choice.Classes(Network.Name, Potential ? Network.Potentials.Shape : Network.OutputShape);
        }

        using AkidaStreamCall? call = _stream?.Begin();
        if (AsTensor)
        {
            object tensor = Compute(channel => Potential ? GatherPotentials(channel, call) : GatherOutputs(channel, call));
            call?.Complete();
            WriteObject(tensor, enumerateCollection: false);
            return;
        }

        int left = Input.Count;
        base.Stream(channel => Potential ? PredictPotentials(channel, call, choice) : PredictOutputs(channel, call, choice), prediction =>
        {
            if (--left == 0)
            {
                call?.Complete();
            }

            WriteObject(prediction);
        });
    }

    private object GatherOutputs(WorkChannel channel, AkidaStreamCall? call)
    {
        ClampAnalysis clamps = new(Network);
        object tensor = OutputTensor.Collect(
            Emulator.RunAll(Network, Input, Options(call, clamps), channel.Cancellation),
            Network.Outputs,
            Input.Count,
            Progress(channel));
        Warn(channel, clamps);
        return tensor;
    }

    private object GatherPotentials(WorkChannel channel, AkidaStreamCall? call)
    {
        ClampAnalysis clamps = new(Network);
        object tensor = OutputTensor.Collect(
            Emulator.RunPotentials(Network, Input, Options(call, clamps), channel.Cancellation),
            Network.Potentials.Shape,
            Input.Count,
            Progress(channel));
        Warn(channel, clamps);
        return tensor;
    }

    private IEnumerable<object> PredictOutputs(WorkChannel channel, AkidaStreamCall? call, ClassChoice choice)
    {
        Action<int> report = Progress(channel);
        ClampAnalysis clamps = new(Network);
        foreach (OutputBatch batch in Emulator.RunAll(Network, Input, Options(call, clamps), channel.Cancellation))
        {
            report(batch.Start + batch.Count);
            foreach (Prediction prediction in Prediction.From(batch, Network.Outputs, Input))
            {
                yield return choice.IsNeeded ? choice.Apply(prediction) : prediction;
            }
        }

        Warn(channel, clamps);
    }

    private IEnumerable<object> PredictPotentials(WorkChannel channel, AkidaStreamCall? call, ClassChoice choice)
    {
        Action<int> report = Progress(channel);
        ClampAnalysis clamps = new(Network);
        foreach (PotentialBatch batch in Emulator.RunPotentials(Network, Input, Options(call, clamps), channel.Cancellation))
        {
            report(batch.Start + batch.Count);
            foreach (PotentialPrediction prediction in PotentialPrediction.From(batch, Network.Potentials.Shape, Input))
            {
                yield return choice.IsNeeded ? prediction.Choose(choice) : prediction;
            }
        }

        Warn(channel, clamps);
    }

    private EmulationOptions Options(AkidaStreamCall? call, ClampAnalysis clamps) =>
        new() { BatchSize = BatchSize, Threads = ThrottleLimit, Call = call, Observers = [clamps] };

    private Action<int> Progress(WorkChannel channel) =>
        _stream is { } stream ? channel.Batches(Activity, Input.Count, stream.Count) : Report(Activity, channel);

    private static void Warn(WorkChannel channel, ClampAnalysis clamps)
    {
        if (clamps.Warning is { } warning)
        {
            channel.Warning(warning);
        }
    }
}
