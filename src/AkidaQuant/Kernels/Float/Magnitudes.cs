using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkidaQuant.Kernels.Float;

/// <summary>The greatest magnitudes of a tensor, of all of it or of each channel (numerics.md 7).</summary>
/// <remarks>
/// Without its sign, a float32 seen as an integer grows with its magnitude, and what is not a number stands above infinity: integers
/// are compared, one instruction a vector, and a value that is not a number wins as it must. No bit depends on the width of vectors.
/// </remarks>
public static class Magnitudes
{
    private const int WithoutSign = int.MaxValue;

    /// <summary>Finds the greatest magnitudes.</summary>
    /// <param name="values">(..., channels).</param>
    /// <param name="greatest">One value for all, or one a channel, whose number divides that of the values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Greatest(ReadOnlySpan<float> values, Span<float> greatest)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        Span<int> result = MemoryMarshal.Cast<float, int>(greatest);
        int channels = greatest.Length;
        if (channels == 1)
        {
            // As a tensor of as many channels as lanes, the lanes compared at the end.
            int width = 4 * Vector<int>.Count;
            int whole = values.Length / width * width;
            Span<int> lanes = stackalloc int[width];
            Columns(bits[..whole], lanes);
            result[0] = 0;
            foreach (int lane in lanes)
            {
                result[0] = Math.Max(result[0], lane);
            }

            foreach (int rest in bits[whole..])
            {
                result[0] = Math.Max(result[0], rest & WithoutSign);
            }

            return;
        }

        Columns(bits, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns(ReadOnlySpan<int> bits, Span<int> greatest)
    {
        int channels = greatest.Length;
        int width = Vector<int>.Count;
        int c = 0;
        for (; c <= channels - (4 * width); c += 4 * width)
        {
            FourVectors(bits, channels, greatest[c..], c);
        }

        for (; c < channels && channels >= width; c += width)
        {
            // The last vector may reach back, so that it does not leave the row.
            c = Math.Min(c, channels - width);
            OneVector(bits, channels, greatest[c..], c);
        }

        for (; c < channels; c++)
        {
            int most = 0;
            for (int i = c; i < bits.Length; i += channels)
            {
                most = Math.Max(most, bits[i] & WithoutSign);
            }

            greatest[c] = most;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourVectors(ReadOnlySpan<int> bits, int channels, Span<int> greatest, int first)
    {
        int width = Vector<int>.Count;
        Vector<int> mask = new(WithoutSign);
        Vector<int> m0 = Vector<int>.Zero;
        Vector<int> m1 = m0;
        Vector<int> m2 = m0;
        Vector<int> m3 = m0;
        ref int start = ref MemoryMarshal.GetReference(bits);
        for (nint i = first; i <= bits.Length - (4 * width); i += channels)
        {
            ref int row = ref Unsafe.Add(ref start, i);
            m0 = Vector.Max(m0, Vector.LoadUnsafe(ref row) & mask);
            m1 = Vector.Max(m1, Vector.LoadUnsafe(ref row, (nuint)width) & mask);
            m2 = Vector.Max(m2, Vector.LoadUnsafe(ref row, (nuint)(2 * width)) & mask);
            m3 = Vector.Max(m3, Vector.LoadUnsafe(ref row, (nuint)(3 * width)) & mask);
        }

        m0.CopyTo(greatest);
        m1.CopyTo(greatest[width..]);
        m2.CopyTo(greatest[(2 * width)..]);
        m3.CopyTo(greatest[(3 * width)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneVector(ReadOnlySpan<int> bits, int channels, Span<int> greatest, int first)
    {
        Vector<int> mask = new(WithoutSign);
        Vector<int> most = Vector<int>.Zero;
        for (int i = first; i <= bits.Length - Vector<int>.Count; i += channels)
        {
            most = Vector.Max(most, new Vector<int>(bits[i..]) & mask);
        }

        most.CopyTo(greatest);
    }
}
