using System.Globalization;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>
/// Integers to real values, with the scales that the file gives: <c>Dequantizer</c> of one tensor, <c>Dequantizer3</c> of three
/// (onnx.md 9).
/// </summary>
internal sealed class DequantizerOperator : OnnxOperator
{
    private const string Base = "Dequantizer";
    private const int MostTensors = 4096;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => [];

    /// <inheritdoc/>
    public override string Root => $"{OnnxFunctions.QuantizedDomain}:{Base}";

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        string number = node.OpType[Base.Length..];
        int count =
            number.Length == 0 ? 1
            : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int several) && several is > 0 and <= MostTensors
                ? several
            : throw node.Error("OnnxOperatorUnknown", $"'{number}' is no number of tensors. Quantize the network again");
        if (node.Inputs.Count != 2 * count || node.Outputs.Count != count)
        {
            throw QuantizedNode.Invalid(
                node,
                $"it has {node.Inputs.Count} inputs and {node.Outputs.Count} outputs, and {2 * count} and {count} are needed");
        }

        for (int i = 0; i < count; i++)
        {
            OnnxActivation input = import.Activation(node, 2 * i);
            OnnxConstant scales = import.Required(node, (2 * i) + 1, "its scales");
            int channels = input.Stored.Channels;
            if (input.Spec is not QuantizedSpec)
            {
                throw QuantizedNode.Invalid(node, $"its input '{node.Inputs[2 * i]}' is float already");
            }

            if (
                scales.Type != OnnxElementType.Float
                || scales.Shape.Rank > 1
                || (scales.Count != 1 && scales.Count != channels)
                || !Array.TrueForAll(scales.Floats, float.IsFinite))
            {
                throw QuantizedNode.Invalid(
                    node,
                    $"its scales of the type {scales.Type.Word()} and the shape {scales.Shape} must be one float number, or one for each of {channels} channels");
            }

            if (scales.Count > 1 && (input.Axes[^1] != 0 || input.Flattened is not null))
            {
                throw QuantizedNode.Invalid(
                    node,
                    $"its {scales.Count} scales are for the first axis of its input {input.Shape}, where the node before it does not have the channels");
            }

            string name = import.FreeName(count == 1 ? node.Name : string.Create(CultureInfo.InvariantCulture, $"{node.Name}_{i + 1}"));
            import.Set(node.Outputs[i], import.AddLike(new Dequantizer { Name = name, Scales = Scales(scales.Floats) }, input));
        }
    }

    private static ScalarOrVector<float> Scales(float[] scales) =>
        scales is [var only] ? ScalarOrVector<float>.Scalar(only) : ScalarOrVector<float>.Vector(scales);
}
