using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Functions of single numbers that have no layer of their own: they stay in float.</summary>
internal sealed class FunctionOperator : OnnxOperator
{
    private const float DefaultThreshold = 1;
    private const float SeluAlpha = 1.67326319217681884765625f;
    private const float SeluGamma = 1.05070102214813232421875f;

    private static readonly Dictionary<string, string> Functions = new(StringComparer.Ordinal)
    {
        ["Abs"] = "math.abs",
        ["Acos"] = "math.acos",
        ["Acosh"] = "math.acosh",
        ["Asin"] = "math.asin",
        ["Asinh"] = "math.asinh",
        ["Atan"] = "math.atan",
        ["Atanh"] = "math.atanh",
        ["Ceil"] = "math.ceil",
        ["Cos"] = "math.cos",
        ["Cosh"] = "math.cosh",
        ["Erf"] = "math.erf",
        ["Floor"] = "math.floor",
        ["Log"] = "math.log",
        ["Reciprocal"] = "math.reciprocal",
        ["Round"] = "math.round",
        ["Sign"] = "math.sign",
        ["Sin"] = "math.sin",
        ["Sinh"] = "math.sinh",
        ["Sqrt"] = "math.sqrt",
        ["Tan"] = "math.tan",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => [.. Functions.Keys, "Pow", "Mish", "Elu", "Selu", "Celu", "ThresholdedRelu"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Activation(node);
        import.Set(
            node,
            node.OpType switch
            {
                "Pow" => Power(node, import, input),
                "Mish" => Mish(node, import, input),
                "Elu" when node.Float("alpha", 1) == 1 => Activate(node, import, input, "elu"),
                "Elu" => Exponential(node, import, input, 1, node.Float("alpha", 1), 1),
                "Selu" => Exponential(node, import, input, 1, node.Float("alpha", SeluAlpha), node.Float("gamma", SeluGamma)),
                "Celu" => Exponential(node, import, input, node.Float("alpha", 1), node.Float("alpha", 1), 1),
                "ThresholdedRelu" => import.AddLike(Thresholded(node, import), input),
                _ => OnnxFloat.Function(node, import, input, Functions[node.OpType]),
            });
    }

    private static OnnxActivation Activate(OnnxNode node, OnnxImport import, OnnxActivation input, string function, string suffix = "") =>
        import.AddLike(new Activation { Name = import.FreeName(node.Name + suffix), Function = function }, input);

    private static OnnxActivation Power(OnnxNode node, OnnxImport import, OnnxActivation input)
    {
        OnnxConstant exponent = import.Required(node, 1, "its exponents");
        return exponent.Floats is [var number, ..] && exponent.Floats.All(value => value == number) && float.IsFinite(number)
            ? OnnxFloat.Power(node, import, input, number)
            : throw node.Error(
                "OnnxConstantShape",
                $"its exponents have the shape {exponent.Shape}, and only one number has a layer here. Raise all values to the same power");
    }

    private static ReLU Thresholded(OnnxNode node, OnnxImport import) =>
        node.Float("alpha", DefaultThreshold) is var threshold && float.IsFinite(threshold)
            ? new ReLU { Name = import.NameOf(node), Threshold = threshold }
            : throw node.Error("OnnxActivation", "its threshold (alpha) is not a number. Correct it");

    /// <summary><c>x tanh(softplus(x))</c>.</summary>
    private static OnnxActivation Mish(OnnxNode node, OnnxImport import, OnnxActivation input)
    {
        OnnxActivation gate = Activate(node, import, Activate(node, import, input, "softplus", "/softplus"), "tanh", "/tanh");
        return import.Add(new Multiply { Name = import.NameOf(node) }, input.Axes, input, gate) with { Flattened = input.Flattened };
    }

    /// <summary><c>gamma (max(x, 0) + alpha elu(min(x, 0) / width))</c>.</summary>
    private static OnnxActivation Exponential(
        OnnxNode node,
        OnnxImport import,
        OnnxActivation input,
        float width,
        float alpha,
        float gamma)
    {
        if (!float.IsFinite(width) || width == 0 || !float.IsFinite(alpha) || !float.IsFinite(gamma))
        {
            throw node.Error("OnnxActivation", "its alpha or gamma is 0 or not a number. Correct it");
        }

        OnnxActivation above = Rescale(Rectify(input, "/above"), "/above/scale", gamma);
        OnnxActivation below = Rescale(Rectify(Rescale(input, "/turn", -1), "/below"), "/below/scale", -1 / width);
        OnnxActivation tail = Rescale(Activate(node, import, below, "elu", "/elu"), "/tail", gamma * alpha);
        return import.Add(new Add { Name = import.NameOf(node) }, input.Axes, above, tail) with { Flattened = input.Flattened };

        OnnxActivation Rectify(OnnxActivation value, string name) =>
            import.AddLike(new ReLU { Name = import.FreeName(node.Name + name) }, value);

        OnnxActivation Rescale(OnnxActivation value, string name, float factor) => factor == 1
            ? value
            : import.AddLike(new Rescaling { Name = import.FreeName(node.Name + name), Scale = [factor], Offset = [0] }, value);
    }
}
