using AkidaQuant.Akida.Devices;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;
using AkidaQuant.Repair;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Says layer by layer what an Akida processor takes of a network, and what would do against what it refuses.</summary>
[Cmdlet(VerbsDiagnostic.Test, "AkidaModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Test-AkidaModel.md")]
[OutputType(typeof(CompatibilityRow), typeof(HardwareRow))]
public sealed class TestAkidaModelCommand : AkidaVersionCmdlet
{
    private QuantConfig? _config;
    private SampleSet? _samples;
    private AkidaModel? _akida;
    private AkidaDevice? _device;

    /// <summary>The device to judge for, or its name: gives a row for each of its rules that a layer breaks.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceNameCompleter))]
    [Accepts<DeviceArgument>]
    public DeviceArgument? Device { get; set; }

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
    protected override void Begin()
    {
        base.Begin();
        _config = ConfigArgument.Read(SessionState, Config);
        _samples = new ArgumentReader(this).ReadSamples(nameof(Sample), Sample);
        _device = new ArgumentReader(this).ReadDevice(nameof(Device), Device);
        if (_device is not null && MyInvocation.BoundParameters.ContainsKey(nameof(Version)) && _device.Version != Generation)
        {
            throw new QuantException(
                "DeviceVersion",
                QuantErrorKind.InvalidArgument,
                $"The device '{_device.Name}' takes models of Akida {(int)_device.Version}.0, but -Version is {Version}. Leave -Version out.",
                _device.Name);
        }
    }

    /// <inheritdoc/>
    /// <remarks>An Akida model is judged, too.</remarks>
    protected override void Read()
    {
        _akida = new ArgumentReader(this).FindAkidaModel(Model);
        if (_akida is null)
        {
            base.Read();
        }
    }

    /// <inheritdoc/>
    protected override void Process() =>
        WriteObject(Compute<object>(channel => _device is null ? Test(channel) : Test(channel, _device)), enumerateCollection: true);

    private IReadOnlyList<CompatibilityRow> Test(WorkChannel channel) =>
        _akida is not null ? CompatibilityTest.Run(_akida) : CompatibilityTest.Run(Network, Options(channel));

    private IReadOnlyList<HardwareRow> Test(WorkChannel channel, AkidaDevice device) =>
        _akida is not null ? HardwareCheck.Run(_akida, device) : DeviceTest.Run(Network, Options(channel), device);

    private RepairOptions Options(WorkChannel channel) => new()
    {
        Version = Generation,
        Parameters = Parameter,
        Config = _config,
        Samples = _samples,
        Progress = new Report<RepairProgress>(value =>
            channel.Progress($"Testing '{Network.Name}'", "problems", value.Done, value.Total, value.Layer)),
        Cancellation = channel.Cancellation,
    };
}
