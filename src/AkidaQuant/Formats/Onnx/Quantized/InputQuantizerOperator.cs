using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>Samples to bytes, their channels put first before or not (onnx.md 4.1, 6.6 and 8).</summary>
internal sealed class InputQuantizerOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "InputQuantizer";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed => QuantizedParts.None;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "scale", "zp"];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) => ["Transpose", "QuantizeLinear"];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        OnnxActivation input = Turned(node, node.Samples("X"));
        int channels = input.Stored.Channels;
        bool isSigned = node.TypeOf("zp") == OnnxElementType.Int8;
        int[] zeroPoints = node.PerChannel("zp", isSigned ? OnnxElementType.Int8 : OnnxElementType.UInt8, channels);
        if (isSigned && zeroPoints.Any(value => value != 0))
        {
            throw node.Invalid($"its zero point is {zeroPoints.First(value => value != 0)}, and that of signed bytes is always 0");
        }

        node.Set(
            new IntegerInputQuantizer
            {
                Name = node.LayerName,
                Step = node.StoredSteps("scale", channels),
                IsSigned = isSigned,
                ZeroPoints = zeroPoints,
            },
            input);
    }

    /// <summary>The samples with their axes in the order of the attribute, channels last in memory.</summary>
    private static OnnxActivation Turned(QuantizedNode node, OnnxActivation samples)
    {
        int rank = samples.Axes.Count;
        long[] order = node.Node.Ints("perm") ?? [];
        if (
            order.Length != rank + 1
            || order[0] != 0
            || !order.Order().SequenceEqual(Enumerable.Range(0, rank + 1).Select(axis => (long)axis)))
        {
            throw node.Invalid(
                $"its attribute 'perm' ({string.Join(", ", order)}) must be an order of {rank + 1} axes that leaves the batch in front");
        }

        OnnxActivation turned = samples with { Axes = [.. samples.Axes.Select(axis => Array.IndexOf(order, axis + 1) - 1)] };
        return rank switch
        {
            1 => turned,
            3 => node.Import.Ordered(turned, OnnxActivation.ChannelsLast, node.Node),
            _ => throw node.Node.Error(
                "OnnxNotAnImage",
                $"its input has the shape {samples.Shape} behind the batch, and images (channels, height, width) or rows of values are quantized. Quantize a network that takes such samples"),
        };
    }
}
