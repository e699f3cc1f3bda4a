using System.Numerics;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

/// <summary>Tiles of every height and width, and rows with gaps between them that stay as they are.</summary>
public sealed class TiledMatrixTests
{
    private static readonly Gen<(int Rows, int Depth, int Columns, int Gap)> Sizes = Gen.Select(
        Gen.Int[1, 20], Gen.Int[1, 40], Gen.Int[1, 80], Gen.Int[0, 3]);

    [Theory]
    [EachInstructionSet]
    public void Floats_are_summed_in_the_order_of_the_depth_and_then_get_the_bias(string instructions) =>
        Check(instructions, FloatCases.Value, MathF.FusedMultiplyAdd);

    [Theory]
    [EachInstructionSet]
    public void Doubles_are_summed_in_the_order_of_the_depth_and_then_get_the_bias(string instructions) =>
        Check(instructions, FloatCases.Value.Select(value => value / 3.0), Math.FusedMultiplyAdd);

    [Theory]
    [EachInstructionSet]
    public void Longs_are_exact(string instructions) =>
        Check(instructions, Gen.Long[-1L << 28, 1L << 28], (left, right, sum) => checked((left * right) + sum));

    private static void Check<T>(string instructions, Gen<T> gen, Func<T, T, T, T> multiplyAdd)
        where T : unmanaged, INumber<T> =>
        (from sizes in Sizes
         from rows in gen.Array[sizes.Rows * (sizes.Depth + sizes.Gap)]
         from matrix in gen.Array[sizes.Depth * sizes.Columns]
         from bias in Cases.Optional(gen.Array[sizes.Columns])
         select (sizes, rows, matrix, bias)).Sample(
            (sizes, rows, matrix, bias) =>
            {
                (int count, int depth, int columns, int gap) = sizes;
                T[] expected = new T[count * (columns + gap)];
                Array.Fill(expected, T.One);
                T[] actual = [.. expected];
                for (int i = 0; i < count; i++)
                {
                    for (int column = 0; column < columns; column++)
                    {
                        T sum = T.Zero;
                        for (int k = 0; k < depth; k++)
                        {
                            sum = multiplyAdd(rows[(i * (depth + gap)) + k], matrix[(k * columns) + column], sum);
                        }

                        expected[(i * (columns + gap)) + column] = sum + (bias?[column] ?? T.Zero);
                    }
                }

                PackedMatrix<T> packed = PackedMatrix.Of<T>(matrix, depth, columns, bias, InstructionSets.Choose(instructions));
                packed.Multiply(rows, depth + gap, actual, columns + gap, count);
                Assert.Equal(expected, actual);
            },
            iter: 300);
}
