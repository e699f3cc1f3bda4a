using AkidaQuant.Numerics;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// Matrix products (numerics.md 4.3): exact sums of products, saturated once to the value bits of the left
/// operand. Fractional bits are added.
/// </summary>
public static class Linear
{
    /// <summary>
    /// The product of matrices, the last two axes, over leading axes that broadcast. The left operand must be
    /// per-tensor, the right one too if it is transposed: channels would be summed, or (a transposed left operand,
    /// which the reference admits) become rows, whose fractional bits a result cannot hold.
    /// </summary>
    /// <exception cref="QuantException">MatrixRank: fewer than two axes; MatrixSizes; AssertionPerTensor; ShapesDoNotBroadcast.</exception>
    public static FixedPoint MatMul(FixedPoint left, FixedPoint right, bool transposeLeft = false, bool transposeRight = false)
    {
        OperandAssertions.PerTensor(left.IsPerTensor, "The left operand of a matrix product");
        OperandAssertions.PerTensor(right.IsPerTensor || !transposeRight, "The transposed right operand of a matrix product");
        return new FixedPoint(
            Product(left.Values, right.Values, transposeLeft, transposeRight).Map(sum => Rounding.Saturate(sum, left.ValueBits)),
            left.ValueBits,
            Elementwise.AddFracBits(left, right));
    }

    /// <inheritdoc cref="MatMul(FixedPoint, FixedPoint, bool, bool)"/>
    public static QFloat MatMul(FixedPoint left, QFloat right, bool transposeLeft = false, bool transposeRight = false)
    {
        OperandAssertions.PerTensor(right.IsPerTensor || !transposeRight, "The transposed right operand of a matrix product");
        return new QFloat(MatMul(left, right.Inner, transposeLeft, transposeRight), right.Scales);
    }

    /// <inheritdoc cref="MatMul(FixedPoint, FixedPoint, bool, bool)"/>
    public static QFloat MatMul(QFloat left, QFloat right, bool transposeLeft = false, bool transposeRight = false)
    {
        OperandAssertions.PerTensor(left.IsPerTensor, "The left operand of a matrix product");
        OperandAssertions.PerTensor(right.IsPerTensor || !transposeRight, "The transposed right operand of a matrix product");
        return new QFloat(
            MatMul(left.Inner, right.Inner, transposeLeft, transposeRight),
            Elementwise.MultiplyScales(left.Scales, right.Scales));
    }

    private static NdArray<Int128> Product(NdArray<long> left, NdArray<long> right, bool transposeLeft, bool transposeRight)
    {
        if (left.Shape.Rank < 2 || right.Shape.Rank < 2)
        {
            throw new QuantException(
                "MatrixRank",
                QuantErrorKind.InvalidArgument,
                $"A matrix product needs two axes or more, but the operands have the shapes {left.Shape} and {right.Shape}.");
        }

        (int rows, int inner) = transposeLeft ? (left.Shape[^1], left.Shape[^2]) : (left.Shape[^2], left.Shape[^1]);
        (int innerRight, int columns) = transposeRight ? (right.Shape[^1], right.Shape[^2]) : (right.Shape[^2], right.Shape[^1]);
        if (inner != innerRight)
        {
            throw new QuantException(
                "MatrixSizes",
                QuantErrorKind.InvalidArgument,
                $"Matrices of shapes {left.Shape} and {right.Shape} cannot be multiplied: {inner} columns meet {innerRight} rows.");
        }

        Shape batch = ReferenceBroadcasting.Common(new Shape(left.Shape.ToArray()[..^2]), new Shape(right.Shape.ToArray()[..^2]));
        long[] a = ReferenceBroadcasting.Expand(left, new Shape([.. batch, left.Shape[^2], left.Shape[^1]])).Values;
        long[] b = ReferenceBroadcasting.Expand(right, new Shape([.. batch, right.Shape[^2], right.Shape[^1]])).Values;
        var result = new Int128[batch.Size * rows * columns];
        for (int i = 0; i < result.Length; i++)
        {
            int matrix = i / (rows * columns);
            int row = i / columns % rows;
            int column = i % columns;
            Int128 sum = 0;
            for (int k = 0; k < inner; k++)
            {
                long x = a[(matrix * rows * inner) + (transposeLeft ? (k * rows) + row : (row * inner) + k)];
                long y = b[(matrix * inner * columns) + (transposeRight ? (column * inner) + k : (k * columns) + column)];
                sum += (Int128)x * y;
            }

            result[i] = sum;
        }

        return new NdArray<Int128>(new Shape([.. batch, rows, columns]), result);
    }
}
