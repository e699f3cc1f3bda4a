using System.Runtime.InteropServices;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class PackedMatrixTests
{
    private static readonly Gen<short> Short = Gen.Frequency((3, Gen.Short[-255, 255]), (1, Gen.OneOf<short>(-32768, 32767)));

    [Theory]
    [EachInstructionSet]
    public void Pairs_of_16_bit_integers_give_32_bit_sums_whatever_stands_behind_an_odd_row(string instructions) =>
        (from count in Gen.Int[1, 14]
         from depth in Gen.Int[1, 31]
         from columns in Gen.Int[1, 70]
         let stride = (depth + 1) / 2 * 2
         from rows in Gen.Short[-127, 127].Array[count * stride]
         from matrix in Short.Array[depth * columns]
         select (count, depth, columns, stride, rows, matrix)).Sample(
            (count, depth, columns, stride, rows, matrix) =>
            {
                PackedMatrix<int> packed = PackedMatrix.OfPairs(matrix, depth, columns, InstructionSets.Choose(instructions));
                Assert.Equal((stride / 2, columns), (packed.Depth, packed.Columns));
                int[] actual = new int[count * columns];
                packed.Multiply(MemoryMarshal.Cast<short, int>(rows), stride / 2, actual, columns, count);
                Assert.Equal(
                    Enumerable.Range(0, actual.Length).Select(i => Enumerable.Range(0, depth).Sum(
                        k => rows[(i / columns * stride) + k] * matrix[(k * columns) + (i % columns)])),
                    actual);
            },
            iter: 300);

    [Theory]
    [EachInstructionSet]
    public void Rows_and_output_that_are_too_short_are_refused(string instructions)
    {
        PackedMatrix<float> packed = PackedMatrix.Of<float>(new float[6], 3, 2, default, InstructionSets.Choose(instructions));
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Multiply(new float[5], 3, new float[4], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Multiply(new float[6], 3, new float[3], 2, 2));
        packed.Multiply(default, 3, default, 2, 0);
    }
}
