using System.Runtime.Intrinsics;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// Products of float32 matrices that are added to a result. Every element is the sum over the depth in ascending order, one fused
/// product after the other, so that results are the same bits on every machine, whatever its vectors.
/// </summary>
internal static unsafe class MatrixProduct
{
    private const int Lanes = 8;
    private const int Rows = 4;

    /// <summary>Adds a product: <c>result[m, j] += sum over t of left(m, t) * right[t, j]</c>.</summary>
    /// <param name="left">The left matrix.</param>
    /// <param name="rowStep">How far apart rows of the left matrix are.</param>
    /// <param name="depthStep">How far apart columns of the left matrix are.</param>
    /// <param name="right">The right matrix, (depth, columns) row-major.</param>
    /// <param name="result">What is added to, (rows, columns) row-major.</param>
    /// <param name="rows">The rows of the result.</param>
    /// <param name="depth">The products of a sum.</param>
    /// <param name="columns">The columns of the result.</param>
    public static void Add(
        ReadOnlySpan<float> left,
        int rowStep,
        int depthStep,
        ReadOnlySpan<float> right,
        Span<float> result,
        int rows,
        int depth,
        int columns)
    {
        if (rows == 0 || depth == 0 || columns == 0)
        {
            return;
        }

        // Pointers go without checks of their own.
        _ = left[((rows - 1) * rowStep) + ((depth - 1) * depthStep)];
        _ = right[(depth * columns) - 1];
        _ = result[(rows * columns) - 1];
        fixed (float* a = left, b = right, c = result)
        {
            int column = 0;
            for (; column + (2 * Lanes) <= columns; column += 2 * Lanes)
            {
                int row = 0;
                for (; row + Rows <= rows; row += Rows)
                {
                    Wide(a + (row * rowStep), rowStep, depthStep, b + column, c + (row * columns) + column, depth, columns);
                }

                for (; row < rows; row++)
                {
                    Line(a + (row * rowStep), depthStep, b + column, c + (row * columns) + column, depth, columns);
                    Line(a + (row * rowStep), depthStep, b + column + Lanes, c + (row * columns) + column + Lanes, depth, columns);
                }
            }

            for (; column + Lanes <= columns; column += Lanes)
            {
                int row = 0;
                for (; row + Rows <= rows; row += Rows)
                {
                    Narrow(a + (row * rowStep), rowStep, depthStep, b + column, c + (row * columns) + column, depth, columns);
                }

                for (; row < rows; row++)
                {
                    Line(a + (row * rowStep), depthStep, b + column, c + (row * columns) + column, depth, columns);
                }
            }

            for (; column < columns; column++)
            {
                for (int row = 0; row < rows; row++)
                {
                    Single(a + (row * rowStep), depthStep, b + column, c + (row * columns) + column, depth, columns);
                }
            }
        }
    }

    /// <summary>A matrix with rows and columns exchanged.</summary>
    public static void Transpose(ReadOnlySpan<float> matrix, Span<float> result, int rows, int columns)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }
    }

    private static void Wide(float* a, int rowStep, int depthStep, float* b, float* c, int depth, int columns)
    {
        float* a1 = a + rowStep;
        float* a2 = a1 + rowStep;
        float* a3 = a2 + rowStep;
        Vector256<float> c00 = Vector256.Load(c);
        Vector256<float> c01 = Vector256.Load(c + Lanes);
        Vector256<float> c10 = Vector256.Load(c + columns);
        Vector256<float> c11 = Vector256.Load(c + columns + Lanes);
        Vector256<float> c20 = Vector256.Load(c + (2 * columns));
        Vector256<float> c21 = Vector256.Load(c + (2 * columns) + Lanes);
        Vector256<float> c30 = Vector256.Load(c + (3 * columns));
        Vector256<float> c31 = Vector256.Load(c + (3 * columns) + Lanes);
        nint at = 0;
        for (int t = 0; t < depth; t++)
        {
            Vector256<float> b0 = Vector256.Load(b);
            Vector256<float> b1 = Vector256.Load(b + Lanes);
            Vector256<float> factor = Vector256.Create(a[at]);
            c00 = Vector256.FusedMultiplyAdd(factor, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(factor, b1, c01);
            factor = Vector256.Create(a1[at]);
            c10 = Vector256.FusedMultiplyAdd(factor, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(factor, b1, c11);
            factor = Vector256.Create(a2[at]);
            c20 = Vector256.FusedMultiplyAdd(factor, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(factor, b1, c21);
            factor = Vector256.Create(a3[at]);
            c30 = Vector256.FusedMultiplyAdd(factor, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(factor, b1, c31);
            at += depthStep;
            b += columns;
        }

        c00.Store(c);
        c01.Store(c + Lanes);
        c10.Store(c + columns);
        c11.Store(c + columns + Lanes);
        c20.Store(c + (2 * columns));
        c21.Store(c + (2 * columns) + Lanes);
        c30.Store(c + (3 * columns));
        c31.Store(c + (3 * columns) + Lanes);
    }

    private static void Narrow(float* a, int rowStep, int depthStep, float* b, float* c, int depth, int columns)
    {
        float* a1 = a + rowStep;
        float* a2 = a1 + rowStep;
        float* a3 = a2 + rowStep;
        Vector256<float> c0 = Vector256.Load(c);
        Vector256<float> c1 = Vector256.Load(c + columns);
        Vector256<float> c2 = Vector256.Load(c + (2 * columns));
        Vector256<float> c3 = Vector256.Load(c + (3 * columns));
        nint at = 0;
        for (int t = 0; t < depth; t++)
        {
            Vector256<float> given = Vector256.Load(b);
            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(a[at]), given, c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(a1[at]), given, c1);
            c2 = Vector256.FusedMultiplyAdd(Vector256.Create(a2[at]), given, c2);
            c3 = Vector256.FusedMultiplyAdd(Vector256.Create(a3[at]), given, c3);
            at += depthStep;
            b += columns;
        }

        c0.Store(c);
        c1.Store(c + columns);
        c2.Store(c + (2 * columns));
        c3.Store(c + (3 * columns));
    }

    private static void Line(float* a, int depthStep, float* b, float* c, int depth, int columns)
    {
        Vector256<float> sum = Vector256.Load(c);
        nint at = 0;
        for (int t = 0; t < depth; t++)
        {
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(a[at]), Vector256.Load(b), sum);
            at += depthStep;
            b += columns;
        }

        sum.Store(c);
    }

    private static void Single(float* a, int depthStep, float* b, float* c, int depth, int columns)
    {
        float sum = *c;
        nint at = 0;
        for (int t = 0; t < depth; t++)
        {
            sum = MathF.FusedMultiplyAdd(a[at], *b, sum);
            at += depthStep;
            b += columns;
        }

        *c = sum;
    }
}
