using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Reads integers of any storage as bytes.</summary>
internal static class ByteCopy
{
    /// <summary>Adds an offset to integers, which are from 0 to 255 then.</summary>
    /// <remarks>Each lane keeps the low byte of its integer and adds the offset to that, modulo 2^8.</remarks>
    /// <param name="source">The buffer.</param>
    /// <param name="first">The first element, counted through all samples.</param>
    /// <param name="offset">The offset, 0 to 255.</param>
    /// <param name="destination">As many elements as are wanted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Read(IntegerData source, int first, int offset, Span<byte> destination)
    {
        if (source.Storage == IntegerStorage.Int16)
        {
            Read(source.Values<short>(source.Capacity).Slice(first, destination.Length), (byte)offset, destination);
            return;
        }

        IntegerCopy.Read(source, first, destination);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] += (byte)offset;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(ReadOnlySpan<short> source, byte offset, Span<byte> destination)
    {
        Vector256<byte> offsets = Vector256.Create(offset);
        Vector256<ushort> low = Vector256.Create((ushort)byte.MaxValue);
        int i = 0;
        for (; i <= source.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            Vector256<ushort> left = Vector256.Create(source[i..]).AsUInt16() & low;
            Vector256<ushort> right = Vector256.Create(source[(i + Vector256<short>.Count)..]).AsUInt16() & low;
            (Vector256.Narrow(left, right) + offsets).CopyTo(destination[i..]);
        }

        for (; i < source.Length; i++)
        {
            destination[i] = unchecked((byte)(source[i] + offset));
        }
    }
}
