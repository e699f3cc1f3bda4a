using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// How integers are multiplied as bytes: activations become unsigned by an offset, and what that adds to a sum is taken off again.
/// </summary>
/// <remarks>
/// sum (x + offset) * w = sum x * w + offset * sum w, so that a column's sum starts from -offset * sum w. All of it is computed
/// modulo 2^32, where the sum that was asked for fits 32 bits.
/// </remarks>
/// <param name="Offset">What is added to activations and to what stands outside the image.</param>
/// <param name="Steps">
/// How many ints of four activations, from a multiple of this number on, have narrow sums (IByteLanes) of 16 bits.
/// </param>
internal readonly record struct ByteProducts(int Offset, int Steps)
{
    /// <summary>How weights and activations are multiplied as bytes, or null where they do not fit.</summary>
    /// <remarks>
    /// A narrow sum takes two products a step, of x from 0 to g. Its positive products add up to at most g times its positive
    /// weights, and no partial sum exceeds that; likewise the negative ones. With P the largest such sum of weights of a step,
    /// n steps stay within n * g * P, which may be 2^15 - 1.
    /// </remarks>
    /// <param name="weights">(depth, columns).</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="range">The activations, what stands outside the image included.</param>
    /// <param name="anySum">Whether the products need no narrow sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ByteProducts? For(ReadOnlySpan<int> weights, int columns, ValueRange range, bool anySum)
    {
        int offset = (int)Math.Clamp(-range.Min, 0, byte.MaxValue);
        if (range.Min + offset < 0 || range.Max + offset > byte.MaxValue)
        {
            return null;
        }

        int greatest = Math.Max((int)range.Max + offset, 1);
        int most = 1;
        for (int first = 0; first < weights.Length; first += 2 * columns)
        {
            ReadOnlySpan<int> even = weights.Slice(first, columns);
            bool isLast = first + columns >= weights.Length;
            for (int column = 0; column < columns; column++)
            {
                int weight = even[column];
                int next = isLast ? 0 : weights[first + columns + column];
                if (weight != (sbyte)weight || next != (sbyte)next)
                {
                    return null;
                }

                most = Math.Max(most, Math.Max(Math.Max(weight, 0) + Math.Max(next, 0), -Math.Min(weight, 0) - Math.Min(next, 0)));
            }

            if (!anySum && greatest * most > short.MaxValue)
            {
                return null;
            }
        }

        return new ByteProducts(offset, Math.Max(short.MaxValue / (greatest * most), 1));
    }
}
