using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Optimization;

/// <summary>
/// The triangular factor L of a positive definite matrix, L x L transposed, in double precision. The same bits whatever the threads
/// and the instruction set: sums are of four fixed partial sums of four lanes, products rounded before they are added.
/// </summary>
internal sealed class Cholesky
{
    /// <summary>Columns that are worked out together, so that their rows stay in the cache.</summary>
    private const int Block = 48;

    private readonly double[] _factor;
    private readonly int _size;

    /// <summary>Factors a matrix, whose upper half is not read; it is overwritten.</summary>
    /// <param name="matrix">(size, size), row-major.</param>
    /// <param name="size">Rows and columns.</param>
    /// <param name="parallelism">How work is divided.</param>
    public Cholesky(double[] matrix, int size, ParallelOptions parallelism)
    {
        _factor = matrix;
        _size = size;
        double least = 1e-12 * Enumerable.Range(0, size).Max(i => matrix[(i * size) + i]);
        for (int start = 0; start < size; start += Block)
        {
            int end = Math.Min(start + Block, size);
            for (int row = start; row < end; row++)
            {
                Finish(row, start, row);
                double rest = matrix[(row * size) + row] - Dot(Row(row, row), Row(row, row));
                matrix[(row * size) + row] = Math.Sqrt(Math.Max(rest, least));
            }

            Parallel.For(end, size, parallelism, row => Finish(row, start, end));
        }
    }

    /// <summary>An element of the factor.</summary>
    public double this[int row, int column] => _factor[(row * _size) + column];

    /// <summary>Solves for several right sides at once.</summary>
    /// <param name="sides">(size, sides); becomes the solution.</param>
    /// <param name="count">The number of sides, a multiple of 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Solve(Span<double> sides, int count)
    {
        ref double first = ref MemoryMarshal.GetReference(sides);
        for (int row = 0; row < _size; row++)
        {
            ReadOnlySpan<double> factors = Row(row, row);
            for (int side = 0; side < count; side += Vector256<double>.Count)
            {
                Vector256<double> sum = Vector256.LoadUnsafe(ref first, (nuint)((row * count) + side));
                for (int i = 0; i < factors.Length; i++)
                {
                    sum -= Vector256.LoadUnsafe(ref first, (nuint)((i * count) + side)) * factors[i];
                }

                (sum / this[row, row]).StoreUnsafe(ref first, (nuint)((row * count) + side));
            }
        }

        for (int row = _size - 1; row >= 0; row--)
        {
            ReadOnlySpan<double> factors = Row(row, row);
            for (int side = 0; side < count; side += Vector256<double>.Count)
            {
                Vector256<double> value = Vector256.LoadUnsafe(ref first, (nuint)((row * count) + side)) / this[row, row];
                value.StoreUnsafe(ref first, (nuint)((row * count) + side));
                for (int i = 0; i < factors.Length; i++)
                {
                    nuint at = (nuint)((i * count) + side);
                    (Vector256.LoadUnsafe(ref first, at) - (value * factors[i])).StoreUnsafe(ref first, at);
                }
            }
        }
    }

    private Span<double> Row(int row, int count) => _factor.AsSpan(row * _size, count);

    /// <summary>Works out the elements of a row from one column to another, those before them known.</summary>
    private void Finish(int row, int start, int end)
    {
        for (int column = start; column < end; column++)
        {
            double rest = _factor[(row * _size) + column] - Dot(Row(row, column), Row(column, column));
            _factor[(row * _size) + column] = rest / _factor[(column * _size) + column];
        }
    }

    /// <summary>The sum of products, in a fixed order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        ref double a = ref MemoryMarshal.GetReference(left);
        ref double b = ref MemoryMarshal.GetReference(right);
        Vector256<double> sum0 = default;
        Vector256<double> sum1 = default;
        Vector256<double> sum2 = default;
        Vector256<double> sum3 = default;
        int i = 0;
        for (; i <= left.Length - 16; i += 16)
        {
            sum0 += Vector256.LoadUnsafe(ref a, (nuint)i) * Vector256.LoadUnsafe(ref b, (nuint)i);
            sum1 += Vector256.LoadUnsafe(ref a, (nuint)i + 4) * Vector256.LoadUnsafe(ref b, (nuint)i + 4);
            sum2 += Vector256.LoadUnsafe(ref a, (nuint)i + 8) * Vector256.LoadUnsafe(ref b, (nuint)i + 8);
            sum3 += Vector256.LoadUnsafe(ref a, (nuint)i + 12) * Vector256.LoadUnsafe(ref b, (nuint)i + 12);
        }

        Vector256<double> all = (sum0 + sum1) + (sum2 + sum3);
        double sum = (all[0] + all[1]) + (all[2] + all[3]);
        for (; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
