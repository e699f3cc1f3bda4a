using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Add, Sub, Mul and Div: with constants as a factor and a constant a channel, of two tensors as Add or Multiply, or as a
/// function that stays in float.
/// </summary>
internal sealed class ArithmeticOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Add", "Sub", "Mul", "Div", "Sum", "Neg"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        if (node.OpType == "Neg")
        {
            import.Set(node, ChannelAffine.Add(node, import, import.Activation(node), [-1], [0]));
            return;
        }

        if (node.Inputs.Count < 2 || (node.OpType != "Sum" && node.Inputs.Count != 2))
        {
            throw node.Error(
                "OnnxInputMissing",
                $"it has {node.Inputs.Count} inputs instead of two. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        OnnxActivation? first = import.ActivationOrNull(node, 0);
        OnnxActivation result = first
            ?? WithConstant(node, import, import.Activation(node, 1), import.Required(node, 0, "its constant"), isFirst: true);
        for (int i = first is null ? 2 : 1; i < node.Inputs.Count; i++)
        {
            result = import.ActivationOrNull(node, i) is { } next
                ? OfTwo(node, import, result, next)
                : WithConstant(node, import, result, import.Required(node, i, "its constant"), isFirst: false);
        }

        import.Set(node, result);
    }

    private static OnnxActivation WithConstant(OnnxNode node, OnnxImport import, OnnxActivation input, OnnxConstant constant, bool isFirst)
    {
        if (node.Int("broadcast", 0) != 0 && node.HasAttribute("axis"))
        {
            // Operator sets before 7 say where the axes of the constant lie.
            int behind = input.Rank + 1 - OnnxAxes.Find(node, node.Int("axis", 0), input.Rank + 1) - constant.Shape.Rank;
            constant = constant.Reshape(new Shape([.. constant.Shape, .. Enumerable.Repeat(1, Math.Max(behind, 0))]));
        }

        float[] values = OnnxChannelValues.Find(input, constant)
            ?? throw node.Error(
                "OnnxConstantShape",
                $"its constant has the shape {constant.Shape}, and its input {input.Shape} behind the batch. Only one value, or one a channel, has a layer here: use constants of the shape (channels, 1, 1)");
        if (values.Any(value => !float.IsFinite(value) || (node.OpType == "Div" && value == 0)))
        {
            throw node.Error("OnnxConstantInvalid", "its constant holds values that are not finite, or divides by 0. Correct the constant");
        }

        float[] negative = Array.ConvertAll(values, value => -value);
        return (node.OpType, isFirst) switch
        {
            ("Add" or "Sum", _) => ChannelAffine.Add(node, import, input, [1], values),
            ("Sub", false) => ChannelAffine.Add(node, import, input, [1], negative),
            ("Sub", true) => ChannelAffine.Add(node, import, input, [-1], values),
            ("Mul", _) => ChannelAffine.Add(node, import, input, values, [0]),
            ("Div", false) => ChannelAffine.Add(node, import, input, Array.ConvertAll(values, value => 1 / value), [0]),
            _ => throw node.Error(
                "OnnxDivision",
                "it divides a constant by values of the network, which has no layer here. Rewrite the network without it"),
        };
    }

    private static OnnxActivation OfTwo(OnnxNode node, OnnxImport import, OnnxActivation left, OnnxActivation right)
    {
        if (left.Rank != right.Rank)
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"it combines tensors of the shapes {left.Shape} and {right.Shape} behind the batch. Reshape the smaller one to as many axes");
        }

        IReadOnlyList<OnnxActivation> alike = import.Alike([left, right], node);
        (left, right) = (alike[0], alike[1]);
        bool isSameShape = left.Stored == right.Stored;
        if (node.OpType == "Sub" && isSameShape)
        {
            // Only a sum has a quantized form, and a kernel takes up the sign.
            right = ChannelAffine.Add(node, import, right, [-1], [0], "/negative");
        }

        string name = import.NameOf(node);
        Layer layer = node.OpType switch
        {
            "Add" or "Sum" or "Sub" when isSameShape => new Add { Name = name },
            "Mul" => new Multiply { Name = name },
            _ => new TFOpLambda
            {
                Name = name,
                Function = node.OpType switch { "Sub" => "math.subtract", "Div" => "math.divide", _ => "math.add" },
                Call = [new OperatorArgument(null, IsTensor: true), new OperatorArgument("y", IsTensor: true)],
            },
        };
        return import.Add(layer, left.Axes, left, right) with { Flattened = left.Flattened };
    }
}
