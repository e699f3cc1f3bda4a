using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>Two images joined along their channels (onnx.md 7.7).</summary>
internal sealed class QuantizedConcatOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedConcat";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => QuantizedParts.None;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "Y"];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) => ["Concat"];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        (OnnxActivation left, OnnxActivation right) = (node.Image("X"), node.Image("Y"));
        node.Set(
            new IntegerConcatenate { Name = node.LayerName, Step = node.Step(left.Stored.Channels + right.Stored.Channels) },
            left,
            right);
    }
}
