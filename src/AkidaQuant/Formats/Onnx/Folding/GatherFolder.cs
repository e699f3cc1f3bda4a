using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>Gather: entries of an axis, named by their index.</summary>
internal sealed class GatherFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["Gather"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant> Fold(OnnxOperands operands)
    {
        OnnxConstant value = operands.Required(0);
        long[] given = operands.RequiredIntegers(1);
        Shape from = value.Shape;
        int axis = OnnxAxes.Find(operands.Node, operands.Node.Int("axis", 0), from.Rank);
        int size = from[axis];
        Shape shape = operands.Room([.. from.Take(axis), .. operands.Required(1).Shape, .. from.Skip(axis + 1)]);
        int[] indices = [.. given.Select(index => index >= -size && index < size
            ? (int)(index < 0 ? index + size : index)
            : throw operands.Invalid($"its index {index} does not exist on an axis of the size {size}"))];

        int run = OnnxStrides.Of(from)[axis];
        int[] positions = new int[shape.Size];
        int block = indices.Length * run;
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = (((i / block) * size) + indices[(i % block) / run]) * run + (i % run);
        }

        return [value.Pick(shape, positions)];
    }
}
