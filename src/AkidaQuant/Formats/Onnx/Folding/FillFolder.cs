using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>ConstantOfShape and Range: tensors made of few numbers.</summary>
internal sealed class FillFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["ConstantOfShape", "Range"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands) =>
        [operands.Node.OpType == "Range" ? Range(operands) : Fill(operands)];

    private static OnnxConstant Fill(OnnxOperands operands)
    {
        OnnxConstant value = operands.Node.Tensor("value") ?? OnnxConstant.Of(new Shape(1), [0f]);
        Shape shape = operands.Room(operands.RequiredIntegers(0));
        return value.Count == 1
            ? value.Pick(shape, new int[shape.Size])
            : throw operands.Invalid($"it fills a tensor with a value of the shape {value.Shape}");
    }

    private static OnnxConstant Range(OnnxOperands operands)
    {
        OnnxConstant[] bounds = [operands.Required(0), operands.Required(1), operands.Required(2)];
        if (bounds.Any(bound => bound.Count != 1 || bound.IsFloat != bounds[0].IsFloat))
        {
            throw operands.Invalid("its start, limit and step are not three numbers of one type");
        }

        if (bounds[0].IsFloat)
        {
            double[] real = Array.ConvertAll(bounds, bound => (double)bound.Floats[0]);
            Shape counted = operands.Room([Count(operands, Math.Ceiling((real[1] - real[0]) / real[2]))]);
            return OnnxConstant.Of(
                counted,
                [.. Enumerable.Range(0, counted.Size).Select(i => (float)(real[0] + (i * real[2])))],
                bounds[0].Type);
        }

        Int128[] whole = Array.ConvertAll(bounds, bound => (Int128)operands.Whole(bound)[0]);
        if (whole[2] == 0)
        {
            throw operands.Invalid("its step is 0");
        }

        Int128 distance = whole[2] > 0 ? whole[1] - whole[0] : whole[0] - whole[1];
        Int128 count = distance <= 0 ? 0 : ((distance - 1) / Int128.Abs(whole[2])) + 1;
        Shape shape = operands.Room([Count(operands, (double)count)]);
        return OnnxConstant.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(i => (long)(whole[0] + (i * whole[2])))], bounds[0].Type);
    }

    private static long Count(OnnxOperands operands, double count) =>
        double.IsFinite(count) ? (long)Math.Max(count, 0) : throw operands.Invalid("its start, limit and step give no number of values");
}
