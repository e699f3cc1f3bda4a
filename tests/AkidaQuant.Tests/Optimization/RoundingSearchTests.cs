using AkidaQuant.Optimization;
using CsCheck;

namespace AkidaQuant.Tests.Optimization;

/// <summary>The linear algebra behind the choice of integers, against its definitions.</summary>
public sealed class RoundingSearchTests
{
    private static readonly ParallelOptions Threads = new() { MaxDegreeOfParallelism = 2 };

    private static readonly Gen<(int Size, int Seed)> Problems = Gen.Select(Gen.Int[1, 70], Gen.Int[0, 1_000_000]);

    [Fact]
    public void The_factor_times_its_transposition_is_the_matrix_and_solves_it() => Problems.Sample(problem =>
    {
        (int size, int seed) = problem;
        double[] matrix = Moments(size, new Random(seed));
        Cholesky factor = new([.. matrix], size, Threads);
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = 0;
                for (int i = 0; i <= column; i++)
                {
                    sum += factor[row, i] * factor[column, i];
                }

                Assert.Equal(matrix[(row * size) + column], sum, 1e-9);
            }
        }

        Random random = new(seed + 1);
        double[] sides = [.. Enumerable.Range(0, size * 4).Select(_ => random.NextDouble() - 0.5)];
        double[] solution = [.. sides];
        factor.Solve(solution, 4);
        for (int row = 0; row < size; row++)
        {
            for (int side = 0; side < 4; side++)
            {
                double sum = Enumerable.Range(0, size).Sum(i => matrix[(row * size) + i] * solution[(i * 4) + side]);
                Assert.Equal(sides[(row * 4) + side], sum, 1e-8);
            }
        }
    });

    [Fact]
    public void The_loss_of_error_feedback_is_that_of_the_sums_and_no_integer_is_too_great() => Problems.Sample(problem =>
    {
        (int size, int seed) = problem;
        Random random = new(seed);
        double[] moments = Moments(size, random);
        float[] weights = Weights(size, random);
        const float Most = 7;
        float[] scales = Scales(weights, Most);
        float[] integers = new float[size * ErrorFeedback.Scales];
        double[] losses = new double[ErrorFeedback.Scales];
        new ErrorFeedback(moments, size, Threads).Round(weights, scales, Most, integers, losses);
        Assert.All(integers, integer => Assert.True(integer == MathF.Round(integer) && MathF.Abs(integer) <= Most));
        for (int lane = 0; lane < ErrorFeedback.Scales; lane++)
        {
            float[] own = [.. Enumerable.Range(0, size).Select(i => integers[(i * ErrorFeedback.Scales) + lane])];
            double loss = Loss(moments, weights, own, scales[lane]);
            Assert.Equal(loss, losses[lane], Math.Max(1e-4 * loss, 1e-5));
        }
    });

    [Fact]
    public void Error_feedback_loses_less_than_rounding_where_inputs_go_together()
    {
        double better = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            const int Size = 40;
            double[] moments = Moments(Size, random, rank: 10);
            float[] weights = Weights(Size, random);
            float[] scales = Scales(weights, 7);
            float[] integers = new float[Size * ErrorFeedback.Scales];
            double[] losses = new double[ErrorFeedback.Scales];
            new ErrorFeedback(moments, Size, Threads).Round(weights, scales, 7, integers, losses);
            float[] plain = [.. weights.Select(weight => MathF.Round(weight / scales[0]))];
            better += losses[0] / Loss(moments, weights, plain, scales[0]);
        }

        Assert.True(better / 20 < 0.6, $"{better / 20}");
    }

    [Fact]
    public void Moving_single_integers_never_loses_and_keeps_a_greatest_one() => Problems.Sample(problem =>
    {
        (int size, int seed) = problem;
        Random random = new(seed);
        double[] moments = Moments(size, random);
        float[] weights = Weights(size, random);
        const float Most = 3;
        float scale = Scales(weights, Most)[0];
        float[] integers = [.. weights.Select(weight => MathF.Round(weight / scale))];
        double before = Loss(moments, weights, integers, scale);
        float found = new IntegerSearch(Array.ConvertAll(moments, value => (float)value), size, Most).Run(weights, integers, scale);
        Assert.True(Loss(moments, weights, integers, found) <= before + 1e-5);
        Assert.Equal(Most, integers.Max(MathF.Abs));
    });

    private static double[] Moments(int size, Random random, int rank = 100)
    {
        double[][] rows =
            [.. Enumerable.Range(0, rank).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5).ToArray())];
        double[] moments = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                moments[(i * size) + j] = (rows.Sum(row => row[i] * row[j]) / rank) + (i == j ? 0.002 : 0);
            }
        }

        return moments;
    }

    private static float[] Weights(int size, Random random) =>
        [.. Enumerable.Range(0, size).Select(_ => (float)random.NextDouble() - 0.5f)];

    private static float[] Scales(float[] weights, float most) =>
        [.. Enumerable.Range(0, ErrorFeedback.Scales).Select(k => weights.Max(MathF.Abs) / most * MathF.Pow(2, -k / 8f))];

    private static double Loss(double[] moments, float[] weights, float[] integers, float scale)
    {
        double[] errors = [.. integers.Zip(weights, (integer, weight) => ((double)integer * scale) - weight)];
        double loss = 0;
        for (int i = 0; i < errors.Length; i++)
        {
            for (int j = 0; j < errors.Length; j++)
            {
                loss += errors[i] * moments[(i * errors.Length) + j] * errors[j];
            }
        }

        return loss;
    }
}
