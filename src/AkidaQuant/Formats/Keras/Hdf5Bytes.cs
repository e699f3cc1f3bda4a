using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>The bytes of an HDF5 file, read without ever leaving them.</summary>
internal sealed class Hdf5Bytes(ReadOnlyMemory<byte> file, ulong baseAddress)
{
    private const ulong Undefined = ulong.MaxValue;

    // Structures lie side by side in a whole file, and each is looked at a few times.
    private const int MostLooks = 8;
    private const long LeastSeen = 1 << 20;

    private long _seen;

    /// <summary>All bytes.</summary>
    public ReadOnlySpan<byte> Span => file.Span;

    /// <summary>The number of bytes.</summary>
    public int Length => file.Length;

    /// <summary>The position of an address in the file, -1 when it lies outside.</summary>
    public int Position(ulong address)
    {
        ulong position = unchecked(address + baseAddress);
        return address == Undefined || position >= (ulong)Length ? -1 : (int)position;
    }

    /// <summary>The address of a position.</summary>
    public ulong Address(long position) => unchecked((ulong)position - baseAddress);

    /// <summary>Counts the bytes of a structure that is looked at, so that those that lie over each other end the reading.</summary>
    /// <exception cref="Hdf5DamageException">They are more than the file can hold.</exception>
    public void Count(long size)
    {
        _seen += size;
        if (_seen > LeastSeen + ((long)MostLooks * Length))
        {
            throw new Hdf5DamageException("its structures lie over each other");
        }
    }

    /// <summary>Whether that many bytes are there.</summary>
    public bool Has(long position, long count) => position >= 0 && count >= 0 && position + count <= Length;

    /// <summary>Whether the structure at a position has the signature and at least <paramref name="size"/> bytes.</summary>
    public bool HasSignature(int position, ReadOnlySpan<byte> signature, int size) =>
        Has(position, size) && Span.Slice(position, signature.Length).SequenceEqual(signature);

    public ushort UInt16(int position) => BinaryPrimitives.ReadUInt16LittleEndian(Span[position..]);

    public uint UInt32(int position) => BinaryPrimitives.ReadUInt32LittleEndian(Span[position..]);

    public ulong UInt64(int position) => BinaryPrimitives.ReadUInt64LittleEndian(Span[position..]);

    /// <summary>The positions of a signature, wherever it lies.</summary>
    public IEnumerable<int> Find(byte[] signature)
    {
        int position = 0;
        while (true)
        {
            int found = Span[position..].IndexOf(signature);
            if (found < 0)
            {
                yield break;
            }

            position += found;
            yield return position;
            position += signature.Length;
        }
    }
}
