using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class SplitMatrixTests
{
    [Theory]
    [EachInstructionSet]
    public void The_last_columns_may_be_packed_for_other_vectors(string instructions) =>
        (from rows in Gen.Int[1, 14]
         from depth in Gen.Int[1, 20]
         from panels in Gen.Int[1, 3]
         from last in Gen.Int[1, 8]
         from left in Gen.Float[-2, 2].Array[rows * depth]
         from head in Gen.Float[-2, 2].Array[depth * panels * 32]
         from tail in Gen.Float[-2, 2].Array[depth * last]
         from first in Gen.Int[0, panels]
         select (rows, depth, panels, last, left, head, tail, first)).Sample(
            (rows, depth, panels, last, left, head, tail, first) =>
            {
                InstructionSet set = InstructionSets.Choose(instructions);
                int columns = panels * 32;
                SplitMatrix<float> matrix = new(
                    PackedMatrix.Of<float>(head, depth, columns, default, set),
                    PackedMatrix.Of<float>(tail, depth, last, default, InstructionSet.Plain));
                Assert.Equal((depth, columns + last), (matrix.Depth, matrix.Columns));
                int column = first * 32 / matrix.PanelWidth * matrix.PanelWidth;
                int count = columns + last - column;
                float[] actual = new float[rows * count];
                matrix.Multiply(left, depth, actual, count, rows, column, count);
                float[] expected = [.. Enumerable.Range(0, actual.Length).Select(i => Enumerable.Range(0, depth).Aggregate(0f, (sum, k) =>
                {
                    int of = column + (i % count);
                    float weight = of < columns ? head[(k * columns) + of] : tail[(k * last) + of - columns];
                    return MathF.FusedMultiplyAdd(left[(i / count * depth) + k], weight, sum);
                }))];
                Assert.Equal(expected, actual);

                // Without the last columns.
                float[] part = new float[rows * matrix.PanelWidth];
                matrix.Multiply(left, depth, part, matrix.PanelWidth, rows, 0, matrix.PanelWidth);
                if (column == 0)
                {
                    Assert.Equal(expected[..matrix.PanelWidth], part[..matrix.PanelWidth]);
                }
            },
            iter: 200);
}
