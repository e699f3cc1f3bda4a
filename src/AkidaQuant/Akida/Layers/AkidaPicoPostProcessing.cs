using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// Says for each channel whether the prediction, brought to whole numbers by <c>input_scales</c> and <c>input_shift</c>,
/// lies at least <c>threshold</c> from the model's input in the mean over time (akida-model.md 1.5, convert.md 4.11 and
/// 6.4).
/// </summary>
public sealed record AkidaPicoPostProcessing : AkidaLayer
{
    private const int ValueBits = 15;

    /// <summary>
    /// Bits of the product with the scales. It saturates to as many magnitude bits, one more than the name says (convert.md 6.4).
    /// </summary>
    public int BufferBits { get; init; } = 44;

    /// <inheritdoc/>
    public override string TypeName => "PicoPostProcessing";

    /// <inheritdoc/>
    public override int InboundCount => 2;

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [new("buffer_bits", BufferBits)];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.PerChannel("threshold", "uint16", 0, ushort.MaxValue, 1),
        AkidaVariableRule.PerChannel("input_scales", "uint16", 0, ushort.MaxValue, Channels(input)),
        AkidaVariableRule.Signed("input_shift", Channels(input)),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        (TensorSpec prediction, TensorSpec target) = (inputs[0], inputs[1]);
        ValueRange given = Integers(prediction).Range;
        Integers(target);
        if (prediction.Shape != target.Shape)
        {
            throw Invalid(
                "AkidaLayerInputMismatch",
                $"its inputs must have the same shape, but they have {prediction.Shape} and {target.Shape}.");
        }

        int channels = prediction.Shape.Channels;
        int[] threshold = PerChannel("threshold", 1, 0);
        ValueRange range = ValueRange.OfBits(ValueBits);
        OutputScaling step = new(
            channels,
            !Variables.Contains("input_scales") ? null : PerChannel("input_scales", channels, 1),
            PerChannel("input_shift", channels, 0),
            BufferBits,
            range);
        IntegerFinish scaling = new(channels, given, range, [step]);
        DeviationThreshold comparison = new(prediction.Shape[0] * prediction.Shape[1], channels);
        return new PreparedLayer(AkidaTensors.Integers(new Shape(1, 1, channels), 1, false), () => (tensors, output, batch) =>
        {
            using var predictions = IntegerData.Rent(prediction.Shape.Size, batch, IntegerStorage.Int16);
            scaling.Run((IntegerData)tensors[0], predictions, batch);
            comparison.Run(predictions, (IntegerData)tensors[1], ValueBits, threshold[0], (IntegerData)output, batch);
        });
    }
}
