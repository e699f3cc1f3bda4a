using System.Globalization;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Relu and Clip, and Min and Max with a constant, as ReLU. Bounds that do not begin at 0 become a shift before and after
/// one: <c>clip(x, a, b) = relu(x - a) + a</c>, bounded by <c>b - a</c>.
/// </summary>
internal sealed class RectifierOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Relu", "Clip", "Min", "Max"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        (OnnxActivation input, float? least, float? greatest) = node.OpType switch
        {
            "Relu" => (import.Activation(node), 0f, null),
            "Clip" => (import.Activation(node), Bound(node, import, 1, "min"), Bound(node, import, 2, "max")),
            _ => OfExtreme(node, import),
        };
        least = least <= float.MinValue ? null : least;
        greatest = greatest >= float.MaxValue ? null : greatest;
        if (least > greatest)
        {
            throw node.Error(
                "OnnxClip",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"its lower bound {least} is above its upper bound {greatest}. Correct the bounds"));
        }

        import.Set(node, Rectify(node, import, input, least, greatest));
    }

    private static OnnxActivation Rectify(OnnxNode node, OnnxImport import, OnnxActivation input, float? least, float? greatest)
    {
        if (least is { } from)
        {
            float? top = greatest - from;
            if (top == 0)
            {
                throw node.Error(
                    "OnnxClip",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"both its bounds are {least}, which leaves a constant. Remove it from the network"));
            }

            OnnxActivation shifted = from == 0 ? input : ChannelAffine.Add(node, import, input, [1], [-from], "/shift");
            OnnxActivation rectified = import.AddLike(new ReLU { Name = import.NameOf(node), MaxValue = top }, shifted);
            return from == 0 ? rectified : ChannelAffine.Add(node, import, rectified, [1], [from], "/back");
        }

        if (greatest is not { } to)
        {
            return input;
        }

        // min(x, b) = b - relu(b - x)
        OnnxActivation turned = ChannelAffine.Add(node, import, input, [-1], [to], "/turn");
        return ChannelAffine.Add(node, import, import.AddLike(new ReLU { Name = import.NameOf(node) }, turned), [-1], [to], "/back");
    }

    private static float? Bound(OnnxNode node, OnnxImport import, int input, string attribute)
    {
        if (node.HasAttribute(attribute))
        {
            return Number(node, node.Float(attribute, 0));
        }

        return import.Optional(node, input, $"its bound '{attribute}'") is not { } bound ? null
            : bound.Count == 1 ? Number(node, bound.Floats[0])
            : throw node.Error(
                "OnnxShapeMismatch",
                $"its bound '{attribute}' has the shape {bound.Shape}, and one number is needed. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
    }

    private static (OnnxActivation Input, float? Least, float? Greatest) OfExtreme(OnnxNode node, OnnxImport import)
    {
        OnnxConstant[] constants = [.. node.Inputs.Select(import.Constant).OfType<OnnxConstant>()];
        if (node.Inputs.Count != 2 || constants is not [{ Count: 1 } bound])
        {
            throw node.Error(
                "OnnxExtreme",
                "it is the least or greatest of several tensors, and only a bound of one number has a layer here. Use clamp with numbers");
        }

        OnnxActivation input = import.Activation(node, import.Constant(node.Inputs[0]) is null ? 0 : 1);
        float value = Number(node, bound.Floats[0]);
        return node.OpType == "Max" ? (input, value, null) : (input, null, value);
    }

    private static float Number(OnnxNode node, float value) =>
        float.IsNaN(value)
            ? throw node.Error(
                "OnnxClip",
                "one of its bounds is not a number. The file is damaged; export the model again",
                QuantErrorKind.InvalidData)
            : value;
}
