using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.Repair;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Says layer by layer what an Akida processor takes of a network, and what would do against what it refuses.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AkidaModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Test-AkidaModel.md")]
[OutputType(typeof(CompatibilityRow))]
public sealed class TestAkidaModelCommand : QuantCmdlet
{
    private const string ArgumentSet = "Argument";
    private const string PipelineSet = "Pipeline";

    private QuantConfig? _config;
    private SampleSet? _samples;
    private object? _model;

    /// <summary>The float, quantized or Akida model, or the path of a file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipelineSet)]
    [Accepts<ModelOrPath>]
    public ModelOrPath Model
    {
        get;
        set => field = UnlessPiped(nameof(Model), value);
    }
    = null!;

    /// <summary>The generation of processors to judge by; an Akida model has its own.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet("1.0", "2.0", "1", "2")]
    public string Version
    {
        get;
        set => field = Once(nameof(Version), value);
    }
    = "2.0";

    /// <summary>The scheme that a float model would be quantized with.</summary>
    [Parameter]
    [Takes(typeof(QuantizationParams), Kinds.Scheme)]
    public QuantizationParams? Parameter { get; set; }

    /// <summary>Settings of layers of a float model: a configuration, a dictionary or the path of a file.</summary>
    [Parameter]
    [Accepts<ConfigOrPath>]
    public ConfigOrPath? Config { get; set; }

    /// <summary>Samples of the network's input, or the path of their file: a random one where none are given.</summary>
    [Parameter]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public SampleSetOrPath? Sample { get; set; }

    /// <inheritdoc/>
    /// <remarks>What is typed is wrong for the whole command, what is piped for one object.</remarks>
    protected override void Begin()
    {
        Read(isPiped: false);
        _config = ConfigArgument.Read(SessionState, Config);
        _samples = new ArgumentReader(this).ReadSamples(nameof(Sample), Sample);
    }

    /// <inheritdoc/>
    protected override void Receive() => Read(isPiped: true);

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(Test), enumerateCollection: true);

    private IReadOnlyList<CompatibilityRow> Test(WorkChannel channel) => _model is AkidaModel akida
        ? CompatibilityTest.Run(akida)
        : CompatibilityTest.Run((Model)_model!, new RepairOptions
        {
            Version = Version[0] == '1' ? AkidaVersion.V1 : AkidaVersion.V2,
            Parameters = Parameter,
            Config = _config,
            Samples = _samples,
            Progress = new Report<RepairProgress>(value =>
                channel.Progress($"Testing '{((Model)_model!).Name}'", "problems", value.Done, value.Total, value.Layer)),
            Cancellation = channel.Cancellation,
        });

    private void Read(bool isPiped)
    {
        if (MyInvocation.ExpectingInput == isPiped)
        {
            _model = new ArgumentReader(this).ReadAnyModel(nameof(Model), Model);
        }
    }
}
