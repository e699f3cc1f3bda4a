using System.Collections.Frozen;
using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The float forms of operators that quantizers of other tools write: those of ONNX, of ONNX Runtime and of QONNX.</summary>
internal static class OnnxFloatOperators
{
    private const string Microsoft = "com.microsoft";

    /// <summary>Stands for the domains under which QONNX nodes have been written.</summary>
    private const string Qonnx = "qonnx";

    /// <summary>Operators that only move or choose among integers, which mean the same behind them.</summary>
    private static readonly FrozenSet<string> Moving = FrozenSet.Create(
        StringComparer.Ordinal,
        "Identity",
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Transpose",
        "MaxPool",
        "GlobalMaxPool",
        "Slice",
        "Gather",
        "Split",
        "Expand");

    private static readonly FrozenSet<string> Positive = FrozenSet.Create(
        StringComparer.Ordinal, "Relu", "Sigmoid", "HardSigmoid", "Softmax", "Exp", "Softplus", "Abs");

    /// <summary>Operators whose further inputs say how, and are no values.</summary>
    private static readonly FrozenSet<string> OfOneInput = FrozenSet.Create(
        StringComparer.Ordinal, [.. Moving, "ReduceMean", "ReduceMax", "Resize", "Upsample", "Dropout", "Pad"]);

    /// <summary>Operators that are never negative where none of their inputs is.</summary>
    private static readonly FrozenSet<string> Keeping = FrozenSet.Create(
        StringComparer.Ordinal,
        [
            .. OfOneInput.Except(["Pad", "Resize"]), "AveragePool", "GlobalAveragePool", "Concat", "Add", "Sum", "Mul", "Max", "Min",
        ]);

    private static readonly FrozenDictionary<string, Func<OnnxFloatForm, OnnxNode, bool>> All =
        new Dictionary<string, Func<OnnxFloatForm, OnnxNode, bool>>
        {
            ["QuantizeLinear"] = Quantize,
            ["DequantizeLinear"] = Dequantize,
            ["DynamicQuantizeLinear"] = DynamicQuantize,
            ["QLinearConv"] = QLinearConv,
            ["QLinearMatMul"] = QLinearMatMul,
            ["ConvInteger"] = (form, node) => OnIntegers(form, node, "Conv", 0),
            ["MatMulInteger"] = (form, node) => OnIntegers(form, node, "MatMul", -1),
            [$"{Microsoft}:QuantizeLinear"] = Quantize,
            [$"{Microsoft}:DequantizeLinear"] = Dequantize,
            [$"{Microsoft}:QGemm"] = QGemm,
            [$"{Microsoft}:QLinearAdd"] = (form, node) => OfTwo(form, node, "Add"),
            [$"{Microsoft}:QLinearMul"] = (form, node) => OfTwo(form, node, "Mul"),
            [$"{Microsoft}:QLinearGlobalAveragePool"] = (form, node) => OfOne(form, node, "GlobalAveragePool"),
            [$"{Microsoft}:QLinearAveragePool"] = (form, node) => OfOne(form, node, "AveragePool"),
            [$"{Microsoft}:QLinearLeakyRelu"] = (form, node) => OfOne(form, node, "LeakyRelu"),
            [$"{Microsoft}:QLinearSigmoid"] = (form, node) => OfOne(form, node, "Sigmoid"),
            [$"{Microsoft}:QLinearSoftmax"] = (form, node) => OfOne(form, node, "Softmax"),
            [$"{Microsoft}:QLinearConcat"] = QLinearConcat,
            [$"{Microsoft}:DynamicQuantizeMatMul"] = (form, node) => MatMul(form, node, [0, 1], (2, 3), 4),
            [$"{Microsoft}:MatMulIntegerToFloat"] = (form, node) => MatMul(form, node, [0, 1, 2, 4], (3, 5), 6),
            [$"{Microsoft}:FusedConv"] = FusedConv,
            [$"{Microsoft}:FusedGemm"] = FusedGemm,
            [$"{Qonnx}:Quant"] = Quant,
            [$"{Qonnx}:BipolarQuant"] = BipolarQuant,
            [$"{Qonnx}:Trunc"] = Trunc,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> QonnxDomains = FrozenSet.Create(
        StringComparer.Ordinal, "qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general", "finn");

    /// <summary>
    /// What adds the float form of such a node, and gives false where it has none because nothing of it depends on samples; null for
    /// operators on floats.
    /// </summary>
    public static Func<OnnxFloatForm, OnnxNode, bool>? Find(OnnxNode node) => All.GetValueOrDefault(
        node.Domain.Length == 0 ? node.OpType : $"{(QonnxDomains.Contains(node.Domain) ? Qonnx : node.Domain)}:{node.OpType}");

    /// <summary>Whether a node only moves integers.</summary>
    public static bool Moves(OnnxNode node) => node.Domain.Length == 0 && node.Inputs.Count > 0 && Moving.Contains(node.OpType);

    /// <summary>Whether what a node gives is never negative.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isNever">Whether a tensor that depends on samples is never negative.</param>
    /// <param name="known">The value of a tensor that does not depend on them.</param>
    public static bool IsNeverNegative(OnnxNode node, Func<string, bool> isNever, Func<string, OnnxConstant?> known) =>
        node.Domain.Length == 0 && (Positive.Contains(node.OpType)
            || (node.OpType == "Clip"
                && ((node.HasInput(1) && known(node.Inputs[1])?.Floats is [>= 0]) || node.Float("min", -1) >= 0))
            || (Keeping.Contains(node.OpType) && node.Inputs.Take(OfOneInput.Contains(node.OpType) ? 1 : node.Inputs.Count).All(input =>
                isNever(input) || (known(input) is { IsFloat: true } constant && Array.TrueForAll(constant.Floats, value => value >= 0)))));

    private static bool Quantize(OnnxFloatForm form, OnnxNode node)
    {
        if (!form.IsLive(Tensor(node, 0)))
        {
            return false;
        }

        form.Quantized(node, node.Output, form.AsNumbers(node, Tensor(node, 0)), form.Grid(node, 1, 2));
        return true;
    }

    private static bool Dequantize(OnnxFloatForm form, OnnxNode node)
    {
        if (!form.IsLive(Tensor(node, 0)))
        {
            return false;
        }

        form.Same(node.Output, Dequantized(form, node, 0, 1, 2, string.Empty));
        return true;
    }

    /// <summary>The samples' own range is not in the file: what is computed from it is a factor of 1.</summary>
    private static bool DynamicQuantize(OnnxFloatForm form, OnnxNode node)
    {
        if (!form.IsLive(Tensor(node, 0)))
        {
            return false;
        }

        form.Same(node.Output, form.AsNumbers(node, Tensor(node, 0)), OnnxGrid.Plain);
        if (node.Outputs.Count > 1 && node.Outputs[1].Length > 0)
        {
            form.EmitNumber(node, "scale", 1, node.Outputs[1]);
        }

        if (node.Outputs.Count > 2 && node.Outputs[2].Length > 0)
        {
            form.Emit(node, "Constant", $"{node.Name}/zero", [], node.Outputs[2], Zero());
        }

        return true;
    }

    private static bool QLinearConv(OnnxFloatForm form, OnnxNode node)
    {
        string input = Dequantized(form, node, 0, 1, 2, "input");
        List<string> inputs = [input, Dequantized(form, node, 3, 4, 5, "kernel", Axis(0))];
        if (node.HasInput(8))
        {
            string scale = form.EmitPart(node, "Mul", "bias_scale", [Tensor(node, 1), Tensor(node, 4)]);
            inputs.Add(form.EmitPart(node, "DequantizeLinear", "bias", [Tensor(node, 8), scale], Axis(0)));
        }

        return Give(form, node, "Conv", inputs, 6, node.Attributes.Select(attribute => attribute.Value));
    }

    private static bool QLinearMatMul(OnnxFloatForm form, OnnxNode node) => Give(
        form, node, "MatMul", [Dequantized(form, node, 0, 1, 2, "input"), Dequantized(form, node, 3, 4, 5, "kernel", Axis(-1))], 6);

    private static bool QGemm(OnnxFloatForm form, OnnxNode node)
    {
        bool isTransposed = node.Int("transB", 0) != 0;
        List<string> inputs =
        [
            Dequantized(form, node, 0, 1, 2, "input"), Dequantized(form, node, 3, 4, 5, "kernel", Axis(isTransposed ? 0 : 1)),
        ];
        if (node.HasInput(6))
        {
            string scale = form.EmitPart(node, "Mul", "bias_scale", [Tensor(node, 1), Tensor(node, 4)]);
            if (node.Float("alpha", 1) is var alpha and not 1)
            {
                scale = form.EmitPart(node, "Mul", "bias_scale", [scale, form.EmitNumber(node, "alpha", alpha)]);
            }

            inputs.Add(form.EmitPart(node, "DequantizeLinear", "bias", [Tensor(node, 6), scale], Axis(0)));
        }

        return Give(form, node, "Gemm", inputs, 7, node.Attributes.Select(attribute => attribute.Value));
    }

    private static bool OfTwo(OnnxFloatForm form, OnnxNode node, string opType) =>
        Give(form, node, opType, [Dequantized(form, node, 0, 1, 2, "first"), Dequantized(form, node, 3, 4, 5, "second")], 6);

    private static bool OfOne(OnnxFloatForm form, OnnxNode node, string opType)
    {
        if (node.Int("channels_last", 0) != 0)
        {
            throw node.Error(
                "OnnxQuantizedForm", "it has its channels last, where ONNX has them first. Export the model without layout changes");
        }

        return Give(
            form,
            node,
            opType,
            [Dequantized(form, node, 0, 1, 2, "input")],
            3,
            node.Attributes.Select(attribute => attribute.Value).Where(attribute => attribute.Name is not ("channels_last" or "opset")));
    }

    private static bool QLinearConcat(OnnxFloatForm form, OnnxNode node) => Give(
        form,
        node,
        "Concat",
        [
            .. Enumerable.Range(0, Math.Max(node.Inputs.Count - 2, 0) / 3).Select(i =>
                Dequantized(form, node, (3 * i) + 2, (3 * i) + 3, (3 * i) + 4, "input")),
        ],
        0,
        node.Attributes.Select(attribute => attribute.Value));

    /// <summary>The sums of integers, which are those of floats in steps of the input.</summary>
    private static bool OnIntegers(OnnxFloatForm form, OnnxNode node, string opType, int axis)
    {
        if (!form.IsLive(Tensor(node, 0)))
        {
            return false;
        }

        OnnxGrid? grid = form.GridOf(Tensor(node, 0));
        string input = form.Real(Tensor(node, 0));
        if (grid is { IsPerTensor: false })
        {
            input = form.AsNumbers(node, Tensor(node, 0));
        }
        else if (grid is null && node.HasInput(2))
        {
            input = form.EmitPart(node, "Sub", "input", [input, Float(form, node, Tensor(node, 2), "zero")]);
        }

        string scale = form.EmitNumber(node, "step", grid is null ? 1 : 1 / grid.Scale[0]);
        string[] weights = node.HasInput(3) ? [Tensor(node, 1), scale, Tensor(node, 3)] : [Tensor(node, 1), scale];
        string kernel = form.EmitPart(node, "DequantizeLinear", "kernel", weights, Axis(axis));
        form.Emit(node, opType, node.Name, [input, kernel], node.Output, node.Attributes.Select(attribute => attribute.Value));
        return true;
    }

    private static bool MatMul(OnnxFloatForm form, OnnxNode node, int[] operands, (int Scale, int Zero) weights, int bias)
    {
        string input = operands is [_, _, var scale, var zero]
            ? Dequantized(form, node, operands[0], scale, zero, "input")
            : form.AsNumbers(node, Tensor(node, operands[0]));
        string kernel = Dequantized(form, node, operands[1], weights.Scale, weights.Zero, "kernel", Axis(-1));
        if (!node.HasInput(bias))
        {
            form.Emit(node, "MatMul", node.Name, [input, kernel], node.Output);
            return true;
        }

        string product = form.EmitPart(node, "MatMul", "product", [input, kernel]);
        form.Emit(node, "Add", node.Name, [product, Tensor(node, bias)], node.Output);
        return true;
    }

    private static bool FusedConv(OnnxFloatForm form, OnnxNode node)
    {
        string[] inputs = [.. node.Inputs.Take(3).Select(form.Real)];
        bool isSum = node.HasInput(3);
        string activation = node.Text("activation", string.Empty);
        IEnumerable<AttributeProto> own = Without(node, "activation");
        string sum = activation.Length == 0 && !isSum
            ? form.Emit(node, "Conv", node.Name, inputs, node.Output, own)
            : form.EmitPart(node, "Conv", "sum", inputs, own);
        if (isSum)
        {
            string[] both = [sum, form.Real(Tensor(node, 3))];
            sum = activation.Length == 0 ? form.Emit(node, "Add", node.Name, both, node.Output) : form.EmitPart(node, "Add", "both", both);
        }

        return activation.Length == 0 || Activate(form, node, activation, sum, node.Floats("activation_params") ?? []);
    }

    private static bool FusedGemm(OnnxFloatForm form, OnnxNode node)
    {
        string sum = form.EmitPart(node, "Gemm", "sum", [.. node.Inputs.Select(form.Real)], Without(node, "activation"));
        string[] names = ["activation_alpha", "activation_beta"];
        float[] parameters = [.. names.Where(node.HasAttribute).Select(name => node.Float(name, 0))];
        return Activate(form, node, node.Text("activation", "Relu"), sum, parameters);
    }

    private static bool Activate(OnnxFloatForm form, OnnxNode node, string activation, string sum, float[] parameters)
    {
        IEnumerable<AttributeProto> attributes = (activation, parameters) switch
        {
            ("LeakyRelu" or "Elu", [var alpha, ..]) => [Number("alpha", alpha)],
            ("HardSigmoid", [var alpha, var beta, ..]) => [Number("alpha", alpha), Number("beta", beta)],
            _ => [],
        };
        string[] inputs = activation == "Clip" && parameters is [var least, var greatest, ..]
            ? [sum, form.EmitNumber(node, "least", least), form.EmitNumber(node, "greatest", greatest)]
            : [sum];
        form.Emit(node, activation, node.Name, inputs, node.Output, attributes);
        return true;
    }

    private static bool Quant(OnnxFloatForm form, OnnxNode node)
    {
        if (!form.IsLive(Tensor(node, 0)))
        {
            form.Emit(node, "Quant", node.Name, node.Inputs, node.Output, node.Attributes.Select(attribute => attribute.Value));
            return true;
        }

        float[]? bits = node.HasInput(3) ? form.Known(Tensor(node, 3))?.Floats : null;
        float[]? scale = node.HasInput(1) ? form.Known(Tensor(node, 1))?.Floats : null;
        float[]? zero = node.HasInput(2) ? form.Known(Tensor(node, 2))?.Floats : null;
        OnnxGrid? grid = bits is [> 0 and <= 32 and var width] && scale is { Length: > 0 } && zero is { Length: > 0 }
            ? new OnnxGrid(scale, zero, QonnxIntegers(node, width))
            : null;
        form.Rounded(node, node.Output, form.AsNumbers(node, Tensor(node, 0)), grid);
        return true;
    }

    /// <summary>The least and greatest integer of a QONNX quantizer.</summary>
    public static (float Least, float Greatest) QonnxIntegers(OnnxNode node, float bits)
    {
        bool isSigned = node.Int("signed", 1) != 0;
        float narrow = node.Int("narrow", 0) != 0 ? 1 : 0;
        return isSigned
            ? (-MathF.Pow(2, bits - 1) + narrow, MathF.Pow(2, bits - 1) - 1)
            : (0, MathF.Pow(2, bits) - 1 - narrow);
    }

    private static bool BipolarQuant(OnnxFloatForm form, OnnxNode node)
    {
        if (form.IsLive(Tensor(node, 0)))
        {
            throw node.Error(
                "OnnxQuantizedForm",
                "it makes the sign of its input an activation of one bit, which no float network stands for. Train the network with activations of two bits or more");
        }

        form.Emit(node, "BipolarQuant", node.Name, node.Inputs, node.Output);
        return true;
    }

    private static bool Trunc(OnnxFloatForm form, OnnxNode node)
    {
        form.Same(node.Output, form.AsNumbers(node, Tensor(node, 0)));
        return true;
    }

    /// <summary>Gives the output of a node whose integers have the scale and zero point behind its inputs.</summary>
    private static bool Give(
        OnnxFloatForm form,
        OnnxNode node,
        string opType,
        IReadOnlyList<string> inputs,
        int scale,
        params IEnumerable<AttributeProto> attributes)
    {
        // A node without an output grid gives floats.
        string real = form.Emit(node, opType, node.Name, inputs, node.Output, attributes);
        if (node.HasInput(scale))
        {
            form.Quantized(node, node.Output, real, form.Grid(node, scale, scale + 1));
        }

        return true;
    }

    /// <summary>The floats that an input of integers stands for.</summary>
    private static string Dequantized(
        OnnxFloatForm form, OnnxNode node, int input, int scale, int zero, string part, params IEnumerable<AttributeProto> attributes)
    {
        string tensor = Tensor(node, input);
        if (!form.IsLive(tensor))
        {
            string[] inputs = [tensor, Tensor(node, scale), .. node.HasInput(zero) ? [node.Inputs[zero]] : Array.Empty<string>()];
            return form.EmitPart(node, "DequantizeLinear", part, inputs, attributes);
        }

        if (form.Grid(node, scale, zero) is not { } grid)
        {
            return form.Real(tensor);
        }

        if (form.GridOf(tensor) is { } own && own.IsSame(grid))
        {
            return form.Real(tensor);
        }

        if (!grid.IsPerTensor)
        {
            throw node.Error(
                "OnnxQuantizedForm",
                $"it dequantizes '{tensor}' with a scale a channel, and another than it was quantized with. Quantize activations with one scale each");
        }

        string steps = form.AsNumbers(node, tensor);
        steps = grid.Zero[0] == 0 ? steps : form.EmitPart(node, "Sub", "steps", [steps, form.EmitNumber(node, "zero", grid.Zero[0])]);
        return form.EmitPart(node, "Mul", "values", [steps, form.EmitNumber(node, "scale", grid.Scale[0])]);
    }

    /// <summary>An input that must be there.</summary>
    private static string Tensor(OnnxNode node, int index) => node.HasInput(index)
        ? node.Inputs[index]
        : throw node.Error(
            "OnnxInputMissing", $"its input {index} is missing. The file is damaged; export the model again", QuantErrorKind.InvalidData);

    private static string Float(OnnxFloatForm form, OnnxNode node, string tensor, string part) =>
        form.EmitPart(node, "Cast", part, [tensor], Whole("to", (long)OnnxElementType.Float));

    private static IEnumerable<AttributeProto> Without(OnnxNode node, string prefix) => node.Attributes
        .Where(attribute => !attribute.Key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(attribute => attribute.Value);

    private static AttributeProto Axis(long axis) => Whole("axis", axis);

    private static AttributeProto Whole(string name, long value) => new() { Name = name, Type = Kind.Int, I = value };

    private static AttributeProto Number(string name, float value) => new() { Name = name, Type = Kind.Float, F = value };

    private static AttributeProto Zero() => new()
    {
        Name = "value",
        Type = Kind.Tensor,
        T = new TensorProto { DataType = (int)OnnxElementType.UInt8, RawData = ByteString.CopyFrom(0) },
    };
}
