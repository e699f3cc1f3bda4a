namespace AkidaQuant.Numerics;

/// <summary>Jacobi polynomials, as kernels over time are made of them (transforms.md 4.4).</summary>
public static class JacobiPolynomials
{
    /// <summary>
    /// The means of the polynomials of degree 0 to <paramref name="degrees"/> over each of equal steps of the
    /// interval from 0 to 1, as float32: one row a degree, one column a step. Coefficients are rounded to float32
    /// first.
    /// </summary>
    public static float[] Means(int degrees, double alpha, double beta, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(degrees);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        float[] means = new float[(degrees + 1) * steps];
        double[][] polynomials = Coefficients(degrees, alpha, beta);
        for (int degree = 0; degree <= degrees; degree++)
        {
            for (int step = 0; step < steps; step++)
            {
                double sum = 0;
                for (int power = 0; power <= degree; power++)
                {
                    double from = Math.Pow((double)step / steps, power + 1);
                    double to = Math.Pow((step + 1.0) / steps, power + 1);
                    sum += (float)polynomials[degree][power] * (to - from) / (power + 1);
                }

                means[(degree * steps) + step] = (float)(steps * sum);
            }
        }

        return means;
    }

    /// <summary>The coefficients of each power, from the constant on, by the recurrence over the degrees.</summary>
    private static double[][] Coefficients(int degrees, double alpha, double beta)
    {
        double[][] polynomials = new double[degrees + 1][];
        for (int n = 0; n <= degrees; n++)
        {
            polynomials[n] = new double[n + 1];
            if (n == 0)
            {
                polynomials[n][0] = 1;
            }
            else if (n == 1)
            {
                polynomials[n][0] = (alpha - beta) / 2;
                polynomials[n][1] = (alpha + beta + 2) / 2;
            }
            else
            {
                double sum = (2 * n) + alpha + beta;
                double divisor = 2 * n * (n + alpha + beta) * (sum - 2);
                double linear = (sum - 1) * sum * (sum - 2) / divisor;
                double constant = (sum - 1) * ((alpha * alpha) - (beta * beta)) / divisor;
                double before = 2 * (n + alpha - 1) * (n + beta - 1) * sum / divisor;
                for (int power = 0; power < n; power++)
                {
                    polynomials[n][power + 1] += linear * polynomials[n - 1][power];
                    polynomials[n][power] += constant * polynomials[n - 1][power];
                }

                for (int power = 0; power < n - 1; power++)
                {
                    polynomials[n][power] -= before * polynomials[n - 2][power];
                }
            }
        }

        return polynomials;
    }
}
