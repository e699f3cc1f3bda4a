using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>MatMul of floats: matrices, batches of them, and vectors as rows on the left and columns on the right.</summary>
internal sealed class ProductFolder : OnnxFolder
{
    /// <inheritdoc/>
    public override IEnumerable<string> OpTypes => ["MatMul"];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxConstant>? Fold(OnnxOperands operands)
    {
        OnnxConstant left = operands.Required(0);
        OnnxConstant right = operands.Required(1);
        if (!left.IsFloat || !right.IsFloat)
        {
            return null;
        }

        int[] first = left.Shape.Rank == 1 ? [1, .. left.Shape] : left.Shape.ToArray();
        int[] second = right.Shape.Rank == 1 ? [.. right.Shape, 1] : right.Shape.ToArray();
        if (first.Length == 0 || second.Length == 0 || first[^1] != second[^2])
        {
            throw operands.Invalid($"it multiplies {left.Shape} by {right.Shape}");
        }

        (int rows, int inner, int columns) = (first[^2], first[^1], second[^1]);
        long[] batch =
        [
            .. OnnxBroadcast.SharedShape(
                operands,
                [.. first[..^2].Select(dimension => (long)dimension)],
                [.. second[..^2].Select(dimension => (long)dimension)]),
        ];
        Shape product = operands.Room([.. batch, rows, columns]);
        operands.Spend((long)product.Size * inner);
        float[] values = new float[product.Size];
        Shape matrices = new(product.ToArray()[..^2]);
        int[] lefts = OnnxStrides.Positions(matrices, OnnxStrides.Broadcast(new Shape(first[..^2]), matrices));
        int[] rights = OnnxStrides.Positions(matrices, OnnxStrides.Broadcast(new Shape(second[..^2]), matrices));
        for (int matrix = 0; values.Length > 0 && matrix < lefts.Length; matrix++)
        {
            Multiply(
                left.Floats.AsSpan(lefts[matrix] * rows * inner, rows * inner),
                right.Floats.AsSpan(rights[matrix] * inner * columns, inner * columns),
                values.AsSpan(matrix * rows * columns),
                inner,
                columns);
        }

        IEnumerable<int> shape = matrices.Concat(left.Shape.Rank == 1 ? [] : [rows]).Concat(right.Shape.Rank == 1 ? [] : [columns]);
        return [OnnxConstant.Of(new Shape([.. shape]), values, left.Type)];
    }

    private static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> product, int inner, int columns)
    {
        int rows = product.Length == 0 || inner == 0 ? 0 : left.Length / inner;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double sum = 0;
                for (int i = 0; i < inner; i++)
                {
                    sum += (double)left[(row * inner) + i] * right[(i * columns) + column];
                }

                product[(row * columns) + column] = (float)sum;
            }
        }
    }
}
