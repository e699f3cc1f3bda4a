using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>Bytes of an HDF5 structure in the making, little-endian.</summary>
internal sealed class Hdf5Buffer
{
    /// <summary>Stands for an address that points nowhere.</summary>
    public const ulong NoAddress = ulong.MaxValue;

    private readonly List<byte> _bytes = [];

    /// <summary>The number of bytes so far.</summary>
    public int Length => _bytes.Count;

    /// <summary>The bytes.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <summary>Adds bytes.</summary>
    public Hdf5Buffer Bytes(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Adds 16 bits.</summary>
    public Hdf5Buffer UInt16(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)value));
        return Bytes(bytes);
    }

    /// <summary>Adds 32 bits.</summary>
    public Hdf5Buffer UInt32(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, checked((uint)value));
        return Bytes(bytes);
    }

    /// <summary>Adds 64 bits.</summary>
    public Hdf5Buffer UInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return Bytes(bytes);
    }

    /// <summary>Adds zeros.</summary>
    public Hdf5Buffer Zeros(int count) => Bytes(new byte[count]);

    /// <summary>Adds zeros up to a multiple of 8.</summary>
    public Hdf5Buffer Pad() => Zeros(-Length & 7);
}
