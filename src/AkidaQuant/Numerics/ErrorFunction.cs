namespace AkidaQuant.Numerics;

/// <summary>The complementary error function.</summary>
public static class ErrorFunction
{
    /// <summary>Up to here the series converges fast and loses few digits.</summary>
    private const double SeriesLimit = 2.0;

    /// <summary>From here on the result is less than the smallest double.</summary>
    private const double Vanishes = 27.3;

    /// <summary>1 - erf(x), within a few units in the 14th digit.</summary>
    public static double Complementary(double x)
    {
        if (x < 0)
        {
            return 2 - Complementary(-x);
        }

        return x >= Vanishes ? 0 : x < SeriesLimit ? 1 - Series(x) : ContinuedFraction(x);
    }

    /// <summary>erf(x) = 2/sqrt(pi) exp(-x^2) (x + 2/3 x^3 + 4/15 x^5 + …), whose terms are all positive.</summary>
    private static double Series(double x)
    {
        double square = x * x;
        double term = x;
        double sum = 0;
        for (int n = 1; sum + term != sum; n++)
        {
            sum += term;
            term *= 2 * square / ((2 * n) + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
    }

    /// <summary>erfc(x) = exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), evaluated from the inside.</summary>
    private static double ContinuedFraction(double x)
    {
        int depth = 20 + (int)(300 / (x * x));
        double value = x;
        for (int n = depth; n >= 1; n--)
        {
            value = x + (n * 0.5 / value);
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * value);
    }
}
