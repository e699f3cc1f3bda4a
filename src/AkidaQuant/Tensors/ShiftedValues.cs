using System.Buffers.Binary;

namespace AkidaQuant.Tensors;

/// <summary>
/// The elements of samples less half the range of their unsigned type, which makes them those of the signed type of as many bits.
/// Elements of other types, which hold the same integers, are given as float32.
/// </summary>
/// <param name="values">The elements.</param>
/// <param name="type">The unsigned type whose integers they are.</param>
internal sealed class ShiftedValues(SampleValues values, IntegerType type) : SampleValues
{
    private readonly long _half = 1L << (type.Bits() - 1);

    /// <inheritdoc/>
    public override string DType => IsStored ? type.Signed().FileName() : "float32";

    private bool IsStored => values.DType == type.FileName();

    /// <inheritdoc/>
    public override long CopyTo(long start, Span<float> destination)
    {
        long wrong = values.CopyTo(start, destination);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] -= _half;
        }

        return wrong;
    }

    /// <inheritdoc/>
    public override long CopyTo(long start, Span<long> destination)
    {
        long wrong = values.CopyTo(start, destination);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] -= _half;
        }

        return wrong;
    }

    /// <inheritdoc/>
    public override bool TryCopyTo(long start, Span<short> destination, ValueRange range)
    {
        if (type != IntegerType.UInt8 || !values.TryCopyTo(start, destination, new ValueRange(range.Min + _half, range.Max + _half)))
        {
            return false;
        }

        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] -= (short)_half;
        }

        return true;
    }

    /// <inheritdoc/>
    public override void CopyBytes(long start, int count, Span<byte> destination)
    {
        if (!IsStored)
        {
            float[] floats = new float[count];
            _ = CopyTo(start, floats);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(destination[(i * sizeof(float))..], floats[i]);
            }

            return;
        }

        // Half the range is the highest bit, which lies in the last byte of each element.
        values.CopyBytes(start, count, destination);
        int width = type.Bits() / 8;
        for (int i = width - 1; i < destination.Length; i += width)
        {
            destination[i] ^= 0x80;
        }
    }

    /// <inheritdoc/>
    public override string Text(long position) => values.Text(position);
}
