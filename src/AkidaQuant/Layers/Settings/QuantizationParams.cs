using System.Globalization;

namespace AkidaQuant;

/// <summary>
/// A homogeneous quantization scheme: bit-widths for all layers (quantize.md 1). Values are checked when set.
/// </summary>
public sealed record QuantizationParams
{
    /// <summary>Bits of the outputs of ReLU and other activations, 1 to 16.</summary>
    public int ActivationBits { get; init => field = Check(value, 1, 16, nameof(ActivationBits)); } = 8;

    /// <summary>Whether activations are quantized with one range for the tensor instead of one a channel.</summary>
    public bool PerTensorActivations { get; init; }

    /// <summary>Bits of the weights of all layers but the first, 2 to 16.</summary>
    public int WeightBits { get; init => field = Check(value, 2, 16, nameof(WeightBits)); } = 8;

    /// <summary>Bits of the outputs of other layers, 2 to 16.</summary>
    public int OutputBits { get; init => field = Check(value, 2, 16, nameof(OutputBits)); } = 8;

    /// <summary>Bits of the weights of the first layer, 2 to 16.</summary>
    public int InputWeightBits { get; init => field = Check(value, 2, 16, nameof(InputWeightBits)); } = 8;

    /// <summary>The integer type that inputs are quantized to.</summary>
    public IntegerType InputType { get; init; } = IntegerType.UInt8;

    /// <summary>Bits of the accumulators, sign included, 16 to 32.</summary>
    public int BufferBits { get; init => field = Check(value, 16, 32, nameof(BufferBits)); } = 32;

    /// <summary>Bits of an extra quantizer on the model's output, 2 to 16; none for raw accumulators.</summary>
    public int? LastOutputBits
    {
        get;
        init => field = value is null or 0 ? null : Check(value.Value, 2, 16, nameof(LastOutputBits));
    }

    /// <summary>The bits that differ most between schemes: <c>8-bit weights, 4-bit activations, 8-bit outputs, uint8 input</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{WeightBits}-bit weights, {ActivationBits}-bit activations, {OutputBits}-bit outputs, {InputType.FileName()} input");

    private static int Check(int value, int least, int most, string name) =>
        value >= least && value <= most ? value : throw new QuantException(
            "ParameterOutOfRange",
            QuantErrorKind.InvalidArgument,
            $"{name} must be from {least} to {most}, but it is {value}.",
            name);
}
