using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>The sum of two tensors of the same shape (onnx.md 7.6).</summary>
internal sealed class QuantizedAddOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedAdd";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => QuantizedParts.Scaled;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) =>
        ["X", "Y", "Xs", "Ys", .. parts.HasFlag(QuantizedParts.Scaled) ? new[] { "Shift" } : []];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) =>
        ["Mul", "Mul", "Add", .. parts.HasFlag(QuantizedParts.Scaled) ? new[] { "Div", "Add", "Floor", "Clip" } : []];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        (OnnxActivation left, OnnxActivation right) = (node.Activation("X"), node.Activation("Y"));
        int channels = left.Stored.Channels;
        node.Set(
            new IntegerAdd
            {
                Name = node.LayerName,
                Step = node.Step(channels),
                LeftShifts = node.LeftShifts("Xs", channels),
                RightShifts = node.LeftShifts("Ys", channels),
                Rescaling = node.Has(QuantizedParts.Scaled) ? node.Rescaling(null, "Shift", channels) : null,
            },
            left,
            right);
    }
}
