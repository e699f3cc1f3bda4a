using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Quant and BipolarQuant of QONNX on weights: the floats that the quantized weights stand for.</summary>
internal sealed class FakeQuantizeFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Quant", "BipolarQuant"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        if (operands.Node.OpType == "BipolarQuant")
        {
            OnnxConstant[] pair = OnnxBroadcast.Align(operands, operands.Required(0), operands.Required(1));
            float[] steps = pair[1].Floats;
            return [OnnxConstant.Of(pair[0].Shape, [.. pair[0].Floats.Select((value, i) => value >= 0 ? steps[i] : -steps[i])])];
        }

        OnnxConstant[] values = OnnxBroadcast.Align(
            operands, operands.Required(0), operands.Required(1), operands.Required(2), operands.Required(3));
        (float[] value, float[] scale, float[] zero, float[] bits) =
            (values[0].Floats, values[1].Floats, values[2].Floats, values[3].Floats);
        Func<float, float> round = Rounding(operands.Node);
        float[] results = new float[value.Length];
        for (int i = 0; i < results.Length; i++)
        {
            (float least, float greatest) = OnnxFloatOperators.QonnxIntegers(operands.Node, bits[i]);
            float step = MathF.Max(MathF.Min((value[i] / scale[i]) + zero[i], greatest), least);
            results[i] = (round(step) - zero[i]) * scale[i];
        }

        return [OnnxConstant.Of(values[0].Shape, results)];
    }

    private static Func<float, float> Rounding(OnnxNode node) => node.Text("rounding_mode", "ROUND").ToUpperInvariant() switch
    {
        "ROUND" or "HALF_EVEN" => value => MathF.Round(value, MidpointRounding.ToEven),
        "CEIL" => MathF.Ceiling,
        "FLOOR" => MathF.Floor,
        "DOWN" or "ROUND_TO_ZERO" => MathF.Truncate,
        "UP" => value => MathF.Sign(value) * MathF.Ceiling(MathF.Abs(value)),
        "HALF_UP" => value => MathF.Round(value, MidpointRounding.AwayFromZero),
        "HALF_DOWN" => value => MathF.Sign(value) * MathF.Ceiling(MathF.Abs(value) - 0.5f),
        var other => throw node.Error(
            "OnnxQuantizedForm", $"its rounding_mode '{other}' is not one of QONNX. Export the weights rounded to the nearest ('ROUND')"),
    };
}
