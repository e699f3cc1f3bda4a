using AkidaQuant.Optimization.Distillation;
using CsCheck;

namespace AkidaQuant.Tests.Optimization.Distillation;

public sealed class MatrixProductTests
{
    [Fact]
    public void Every_sum_goes_up_the_depth_product_by_product() => Gen.Select(
        Gen.Int[1, 9], Gen.Int[1, 12], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, 9999]).Sample(
        (rows, depth, columns, isTransposed, seed) =>
        {
            Random random = new(seed);
            float[] left = Values(random, rows * depth);
            float[] right = Values(random, depth * columns);
            float[] result = Values(random, rows * columns);
            float[] expected = [.. result];
            (int rowStep, int depthStep) = isTransposed ? (1, rows) : (depth, 1);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    for (int t = 0; t < depth; t++)
                    {
                        ref float sum = ref expected[(row * columns) + column];
                        sum = MathF.FusedMultiplyAdd(left[(row * rowStep) + (t * depthStep)], right[(t * columns) + column], sum);
                    }
                }
            }

            MatrixProduct.Add(left, rowStep, depthStep, right, result, rows, depth, columns);
            Assert.Equal(expected, result);
        },
        iter: 300);

    [Fact]
    public void Matrices_too_short_for_their_sizes_are_refused() =>
        Assert.Throws<IndexOutOfRangeException>(() => MatrixProduct.Add(new float[5], 3, 1, new float[6], new float[4], 2, 3, 2));

    [Fact]
    public void Rows_become_columns()
    {
        float[] result = new float[6];
        MatrixProduct.Transpose([1, 2, 3, 4, 5, 6], result, 2, 3);
        Assert.Equal([1, 4, 2, 5, 3, 6], result);
    }

    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
}
