using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Optimization;

/// <summary>
/// Rounds weights to integers one after the other, each making up for the errors of those before it, which is GPTQ (Frantar and
/// others, 2022) written with the factor of the second moments instead of that of their inverse. For sixteen scales at once.
/// </summary>
internal sealed class ErrorFeedback
{
    /// <summary>The scales that are tried: the greatest weight's, and fifteen below it, an eighth of a power of two apart.</summary>
    public const int Scales = 16;

    private const int Tile = 64;

    private readonly int _size;
    private readonly int[] _order;
    private readonly Cholesky _factor;
    private readonly float[] _steps;
    private readonly float[] _diagonal;

    /// <summary>Prepares the second moments of a kernel's inputs.</summary>
    /// <param name="moments">(size, size), positive definite.</param>
    /// <param name="size">The number of inputs.</param>
    /// <param name="parallelism">How work is divided.</param>
    public ErrorFeedback(double[] moments, int size, ParallelOptions parallelism)
    {
        _size = size;

        // Inputs of great moments come first: what is lost with them, the others can make up for.
        _order = [.. Enumerable.Range(0, size).OrderByDescending(i => moments[(i * size) + i]).ThenBy(i => i)];
        double[] reversed = new double[moments.Length];
        Parallel.For(0, size, parallelism, row =>
        {
            int from = _order[size - 1 - row];
            for (int column = 0; column <= row; column++)
            {
                reversed[(row * size) + column] = moments[(from * size) + _order[size - 1 - column]];
            }
        });
        _factor = new Cholesky(reversed, size, parallelism);
        _steps = new float[moments.Length];
        _diagonal = new float[size];
        for (int row = 0; row < size; row++)
        {
            _diagonal[row] = (float)_factor[size - 1 - row, size - 1 - row];
        }

        // A few rows at a time, so that what is read across stays in the cache.
        Parallel.For(0, ((size - 1) / Tile) + 1, parallelism, tile =>
        {
            int end = Math.Min((tile + 1) * Tile, size);
            for (int column = 0; column < end; column++)
            {
                for (int row = Math.Max(tile * Tile, column + 1); row < end; row++)
                {
                    _steps[(row * size) + column] =
                        (float)(_factor[size - 1 - column, size - 1 - row] / _factor[size - 1 - row, size - 1 - row]);
                }
            }
        });
    }

    /// <summary>The change of the weights that least squares asks for, of several filters.</summary>
    /// <param name="sides">(filter, input): what is left to be explained; becomes the change.</param>
    /// <param name="filters">The number of filters.</param>
    public void Solve(double[][] sides, int filters)
    {
        int count = (filters + 3) / 4 * 4;
        double[] panel = new double[_size * count];
        for (int row = 0; row < _size; row++)
        {
            for (int filter = 0; filter < filters; filter++)
            {
                panel[(row * count) + filter] = sides[filter][_order[_size - 1 - row]];
            }
        }

        _factor.Solve(panel, count);
        for (int row = 0; row < _size; row++)
        {
            for (int filter = 0; filter < filters; filter++)
            {
                sides[filter][_order[_size - 1 - row]] = panel[(row * count) + filter];
            }
        }
    }

    /// <summary>Rounds the weights of a filter.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="scales">The scales that are tried.</param>
    /// <param name="most">The greatest integer.</param>
    /// <param name="integers">Gets the integers, (input, scale).</param>
    /// <param name="losses">To which the squared errors of the sums are added, one a scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Round(ReadOnlySpan<float> weights, ReadOnlySpan<float> scales, float most, Span<float> integers, Span<double> losses)
    {
        float[] errors = new float[_size * Scales];
        ref float error = ref MemoryMarshal.GetArrayDataReference(errors);
        Vector512<float> scale = Vector512.Create(scales);
        Vector512<float> greatest = Vector512.Create(most);
        for (int row = 0; row < _size; row++)
        {
            ref float step = ref _steps[row * _size];
            Vector512<float> sum0 = default;
            Vector512<float> sum1 = default;
            Vector512<float> sum2 = default;
            Vector512<float> sum3 = default;
            int i = 0;
            for (; i <= row - 4; i += 4)
            {
                sum0 += Vector512.LoadUnsafe(ref error, (nuint)(i * Scales)) * Unsafe.Add(ref step, i);
                sum1 += Vector512.LoadUnsafe(ref error, (nuint)((i + 1) * Scales)) * Unsafe.Add(ref step, i + 1);
                sum2 += Vector512.LoadUnsafe(ref error, (nuint)((i + 2) * Scales)) * Unsafe.Add(ref step, i + 2);
                sum3 += Vector512.LoadUnsafe(ref error, (nuint)((i + 3) * Scales)) * Unsafe.Add(ref step, i + 3);
            }

            for (; i < row; i++)
            {
                sum0 += Vector512.LoadUnsafe(ref error, (nuint)(i * Scales)) * Unsafe.Add(ref step, i);
            }

            Vector512<float> carried = (sum0 + sum1) + (sum2 + sum3);
            Vector512<float> weight = Vector512.Create(weights[_order[row]]);
            Vector512<float> integer = Vector512.Min(
                Vector512.Max(Vector512.Round((weight - carried) / scale), -greatest), greatest);
            integer.CopyTo(integers.Slice(_order[row] * Scales, Scales));
            Vector512<float> own = (integer * scale) - weight;
            own.StoreUnsafe(ref error, (nuint)(row * Scales));
            Vector512<float> left = (own + carried) * _diagonal[row];
            for (int lane = 0; lane < Scales; lane++)
            {
                losses[lane] += (double)left[lane] * left[lane];
            }
        }
    }
}
