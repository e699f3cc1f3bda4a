using System.Numerics;
using System.Numerics.Tensors;
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
    public static ByteProducts? For(ReadOnlySpan<int> weights, int columns, ValueRange range, bool anySum)
    {
        int offset = (int)Math.Clamp(-range.Min, 0, byte.MaxValue);
        if (range.Min + offset < 0 || range.Max + offset > byte.MaxValue)
        {
            return null;
        }

        if (!weights.IsEmpty && (TensorPrimitives.Min(weights) < sbyte.MinValue || TensorPrimitives.Max(weights) > sbyte.MaxValue))
        {
            return null;
        }

        int greatest = Math.Max((int)range.Max + offset, 1);
        int most = 1;
        for (int first = 0; first < weights.Length; first += 2 * columns)
        {
            ReadOnlySpan<int> even = weights.Slice(first, columns);
            bool isLast = first + columns >= weights.Length;
            most = Math.Max(most, LargestOfStep(even, isLast ? even : weights.Slice(first + columns, columns), isLast));
            if (!anySum && greatest * most > short.MaxValue)
            {
                return null;
            }
        }

        return new ByteProducts(offset, Math.Max(short.MaxValue / (greatest * most), 1));
    }

    /// <summary>The largest sum of positive weights of a column, or of the magnitudes of negative ones, in two rows.</summary>
    /// <param name="even">A row.</param>
    /// <param name="odd">The row behind it.</param>
    /// <param name="isAlone">Whether there is no such row, so that only the first one counts.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int LargestOfStep(ReadOnlySpan<int> even, ReadOnlySpan<int> odd, bool isAlone)
    {
        int kept = isAlone ? 0 : -1;
        Vector<int> mask = new(kept);
        Vector<int> all = Vector<int>.Zero;
        int column = 0;
        for (; column + Vector<int>.Count <= even.Length; column += Vector<int>.Count)
        {
            Vector<int> one = new(even[column..]);
            Vector<int> other = new Vector<int>(odd[column..]) & mask;
            Vector<int> positive = Vector.Max(one, Vector<int>.Zero) + Vector.Max(other, Vector<int>.Zero);
            Vector<int> negative = Vector.Min(one, Vector<int>.Zero) + Vector.Min(other, Vector<int>.Zero);
            all = Vector.Max(all, Vector.Max(positive, -negative));
        }

        int most = 0;
        for (int lane = 0; lane < Vector<int>.Count; lane++)
        {
            most = Math.Max(most, all[lane]);
        }

        for (; column < even.Length; column++)
        {
            (int one, int other) = (even[column], odd[column] & kept);
            most = Math.Max(most, Math.Max(Math.Max(one, 0) + Math.Max(other, 0), -Math.Min(one, 0) - Math.Min(other, 0)));
        }

        return most;
    }
}
