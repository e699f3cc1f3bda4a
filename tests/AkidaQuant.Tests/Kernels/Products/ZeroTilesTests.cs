using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class ZeroTilesTests
{
    [Fact]
    public void A_tile_is_found_when_all_its_rows_are_zero() =>
        (from rows in Gen.Int[1, ZeroTiles<int>.MostRows]
         from length in Gen.Int[ZeroTiles<int>.LeastBytes, 40]
         from gap in Gen.Int[0, 3]
         from zero in Gen.OneOf<byte>(0, 128)
         from others in Gen.Int[0, (rows * (length + gap)) - 1].Array[0, 20]
         select (rows, length, gap, zero, others)).Sample(
            (rows, length, gap, zero, others) =>
            {
                int stride = length + gap;
                byte[] block = new byte[rows * stride];
                Array.Fill(block, zero);
                foreach (int other in others)
                {
                    block[other]++;
                }

                int[] sums = [1, 2, 3];
                ZeroTiles<int> tiles = ZeroTiles<int>.Find(block, rows, stride, length, zero, sums);
                bool any = false;
                for (int row = 0; row < rows; row += 6)
                {
                    int end = Math.Min(row + 6, rows);
                    bool expected = Enumerable.Range(row, end - row).All(i => !block.AsSpan(i * stride, length).ContainsAnyExcept(zero));
                    any |= expected;
                    for (int i = row; i < end; i++)
                    {
                        Assert.Equal(expected, tiles.Has(i));
                    }
                }

                Assert.Equal(any, tiles.Any);
                Assert.Equal([2, 3], any ? tiles.From(1).Sums.ToArray() : [2, 3]);
            },
            iter: 500);

    [Theory]
    [EachInstructionSet]
    public void Tiles_that_are_zero_get_the_sums_without_being_read(string instructions) =>
        (from rows in Gen.Int[1, 20]
         from columns in Gen.Int[1, 90]
         from bits in Gen.Int[0, 15]
         select (rows, columns, bits)).Sample(
            (rows, columns, bits) =>
            {
                const int Depth = 5;
                short[] weights = new short[Depth * columns];
                Array.Fill(weights, (short)1);
                PackedMatrix<int> matrix = PackedMatrix.OfPairs(weights, Depth, columns, InstructionSets.Choose(instructions));
                int[] left = new int[rows * matrix.Depth];
                Array.Fill(left, 0x00010001);

                // Sums that no product here has, so that it shows which rows were multiplied.
                int[] sums = [.. Enumerable.Range(1000, columns + matrix.PanelWidth)];
                int[] actual = new int[rows * columns];
                ZeroTiles<int> tiles = new((ulong)bits, sums);
                matrix.Multiply(left, matrix.Depth, actual, columns, rows, 0, columns, tiles);
                for (int i = 0; i < actual.Length; i++)
                {
                    bool isZero = ((bits >> (i / columns / 6)) & 1) != 0;
                    Assert.Equal(isZero ? 1000 + (i % columns) : Depth, actual[i]);
                }
            },
            iter: 300);
}
