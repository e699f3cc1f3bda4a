using AkidaQuant.Execution;

namespace AkidaQuant.Akida.Layers;

/// <summary>Where integers enter a model, passed on as they are (akida-model.md 1.2, convert.md 3.1).</summary>
public sealed record AkidaInputData : AkidaLayer, IAkidaInput
{
    /// <inheritdoc/>
    public required Shape InputShape { get; init; }

    /// <summary>Bits of the input: 8 or 16 signed in Akida 2.0, at most 4 unsigned in Akida 1.0.</summary>
    public int InputBits { get; init; } = 4;

    /// <summary>Whether inputs have a sign.</summary>
    public bool InputSigned { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "InputData";

    /// <inheritdoc/>
    public override AkidaVersion? Version => null;

    /// <inheritdoc/>
    public TensorSpec ModelInput => AkidaTensors.Integers(InputShape, InputBits, InputSigned);

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters =>
        [new("input_shape", InputShape), new("input_bits", InputBits)];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = Integers(inputs[0]);
        ValueRange range = AkidaTensors.Integers(InputShape, InputBits, InputSigned).Range;
        return input.Shape == InputShape && input.Range.Min >= range.Min && input.Range.Max <= range.Max
            ? PreparedLayer.View(input)
            : throw Invalid(
                "AkidaLayerInputMismatch",
                $"it takes {InputShape} with values from {range.Min} to {range.Max}, but its input is {input.Shape} with values from {input.Range.Min} to {input.Range.Max}. Give it the shape, bits and sign of that, or leave it out.");
    }
}
