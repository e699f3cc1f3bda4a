using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a quantization scheme for all layers of a model.</summary>
[Cmdlet(VerbsCommon.New, "QuantParameter", HelpUri = OnlineHelp.Pages + "New-QuantParameter.md")]
[OutputType(typeof(QuantizationParams))]
public sealed class NewQuantParameterCommand : QuantCmdlet
{
    private static readonly QuantizationParams Default = new();

    // No field of a value type of the core: see Report.
    private int _inputType = (int)Default.InputType;

    /// <summary>Bits of the weights, 2 to 16.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int WeightBits { get; set; } = Default.WeightBits;

    /// <summary>Bits of the outputs of activations, 1 to 16.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int ActivationBits { get; set; } = Default.ActivationBits;

    /// <summary>Bits of the weights of the first layer, 2 to 16.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int InputWeightBits { get; set; } = Default.InputWeightBits;

    /// <summary>Bits of the outputs of other layers, 2 to 16.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int OutputBits { get; set; } = Default.OutputBits;

    /// <summary>Bits of the accumulators, 16 to 32.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int BufferBits { get; set; } = Default.BufferBits;

    /// <summary>One range for a whole activation instead of one a channel.</summary>
    [Parameter]
    public SwitchParameter PerTensorActivations { get; set; }

    /// <summary>The integer type of the inputs.</summary>
    [Parameter]
    [Takes(typeof(IntegerType), Kinds.Type)]
    public IntegerType InputType
    {
        get => (IntegerType)_inputType;
        set => _inputType = (int)value;
    }

    /// <summary>Bits of an extra quantizer on the model's output, 2 to 16; 0 for none.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int LastOutputBits { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(new QuantizationParams
    {
        WeightBits = WeightBits,
        ActivationBits = ActivationBits,
        InputWeightBits = InputWeightBits,
        OutputBits = OutputBits,
        BufferBits = BufferBits,
        PerTensorActivations = PerTensorActivations,
        InputType = InputType,
        LastOutputBits = LastOutputBits,
    });
}
