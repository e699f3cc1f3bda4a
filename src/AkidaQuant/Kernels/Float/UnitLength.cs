using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>Rows divided by their Euclidean length; sums are of double precision.</summary>
/// <param name="length">The values of a row.</param>
public sealed class UnitLength(int length)
{
    /// <summary>The least sum of squares that a row is divided by.</summary>
    private const double Least = 1e-12;

    /// <summary>Computes rows.</summary>
    /// <param name="input">(rows, length).</param>
    /// <param name="output">The same shape.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int rows, WorkShare share = default)
    {
        (int start, int end) = share.Of(rows);
        for (int row = start; row < end; row++)
        {
            ReadOnlySpan<float> values = input.Slice(row * length, length);
            double squares = 0;
            foreach (float value in values)
            {
                squares += (double)value * value;
            }

            double scale = 1 / Math.Sqrt(Math.Max(squares, Least));
            Span<float> result = output.Slice(row * length, length);
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = (float)(values[i] * scale);
            }
        }
    }
}
