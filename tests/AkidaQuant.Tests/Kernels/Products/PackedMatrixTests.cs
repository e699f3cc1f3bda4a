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

    [Fact]
    public void Bytes_give_32_bit_sums_after_any_number_of_narrow_steps() =>
        (from count in Gen.Int[1, 14]
         from depth in Gen.Int[1, 90]
         from columns in Gen.Int[1, 70]
         from most in Gen.OneOf(1, 3, 7, 15, 64)
         let steps = short.MaxValue / (255 * 2 * most)
         let stride = (depth + 3) / 4 * 4
         from rows in Gen.Frequency((2, Gen.Byte), (1, Gen.OneOf<byte>(0, 255))).Array[count * stride]
         from weights in Gen.Frequency((1, Gen.Int[-most, most]), (1, Gen.OneOf(-most, most))).Array[depth * columns]
         from extreme in Gen.Bool
         from bias in Gen.Int.Array[columns]
         select (count, depth, columns, steps, stride, rows, weights, most, extreme, bias)).Sample(
            @case =>
            {
                (int count, int depth, int columns, int steps, int stride, byte[] rows, int[] weights, int most, bool extreme, int[] bias) =
                    @case;
                if (extreme)
                {
                    // Every narrow sum goes as far as it may.
                    Array.Fill(rows, byte.MaxValue);
                    Array.Fill(weights, depth % 2 == 0 ? most : -most);
                }

                sbyte[] matrix = Array.ConvertAll(weights, weight => (sbyte)weight);
                int[] expected = [.. Enumerable.Range(0, count * columns).Select(i => unchecked(
                    bias[i % columns] + Enumerable.Range(0, depth).Sum(
                        k => rows[(i / columns * stride) + k] * matrix[(k * columns) + (i % columns)])))];
                foreach (InstructionSet set in InstructionSets.Supported.Where(PackedMatrix.HasBytes))
                {
                    PackedMatrix<int> packed = PackedMatrix.OfBytes(matrix, depth, columns, bias, steps, set);
                    int[] actual = new int[count * columns];
                    packed.Multiply(MemoryMarshal.Cast<byte, int>(rows), stride / 4, actual, columns, count);
                    Assert.Equal(expected, actual);
                }
            },
            iter: 500);

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
