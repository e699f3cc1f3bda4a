using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Checks the descriptions of the objects of an HDF5 file: that no continuation leads back, and that there is
/// nothing in them that Keras never writes and a reader would have to follow elsewhere.
/// </summary>
internal sealed class Hdf5ObjectHeaders(Hdf5Bytes bytes, Hdf5Patches patches)
{
    private const int MaxBlocks = 1000;

    private readonly HashSet<int> _seen = [];
    private readonly Queue<int> _linked = [];

    /// <summary>Checks the description at an address, and those that its links lead to.</summary>
    public void Check(ulong address)
    {
        _linked.Enqueue(bytes.Position(address));
        CheckLinked();
    }

    /// <summary>Checks a description of version 2, which has a signature.</summary>
    public void CheckSigned(int position)
    {
        _linked.Enqueue(position);
        CheckLinked();
    }

    private void CheckLinked()
    {
        while (_linked.TryDequeue(out int position))
        {
            if (!bytes.Has(position, 16) || !_seen.Add(position))
            {
                continue;
            }

            if (bytes.HasSignature(position, "OHDR"u8, 16))
            {
                CheckVersion2(position);
            }
            else if (bytes.Span[position] == 1)
            {
                CheckBlocks(position + 16, bytes.UInt32(position + 8), 8, 0);
            }
        }
    }

    private void CheckVersion2(int position)
    {
        int flags = bytes.Span[position + 5];
        int sizeAt = position + 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        int sizeBytes = 1 << (flags & 3);
        if ((flags & 0xC0) != 0 || !bytes.Has(sizeAt, sizeBytes))
        {
            throw new Hdf5DamageException("the description of an object is not one");
        }

        ulong size = 0;
        for (int i = 0; i < sizeBytes; i++)
        {
            size |= (ulong)bytes.Span[sizeAt + i] << (8 * i);
        }

        CheckBlocks(sizeAt + sizeBytes, size, (flags & 4) != 0 ? 6 : 4, 4);
    }

    /// <summary>Checks the messages of a block and of all blocks that continue it.</summary>
    /// <param name="start">Where the messages start.</param>
    /// <param name="size">The number of bytes of the block.</param>
    /// <param name="prefix">The bytes in front of each message.</param>
    /// <param name="signature">The bytes in front of the messages of a further block.</param>
    private void CheckBlocks(int start, ulong size, int prefix, int signature)
    {
        bool wide = prefix == 8;
        HashSet<int> visited = [];
        Queue<(int Start, ulong Size)> blocks = new([(start, size)]);
        while (blocks.TryDequeue(out (int Start, ulong Size) block))
        {
            if (!visited.Add(block.Start) || visited.Count > MaxBlocks)
            {
                throw new Hdf5DamageException("the description of an object leads back to itself");
            }

            if (block.Size > int.MaxValue || !bytes.Has(block.Start, (long)block.Size))
            {
                throw new Hdf5DamageException("the description of an object leads out of the file");
            }

            int end = block.Start + (int)block.Size;
            int at = block.Start;
            while (at + prefix <= end)
            {
                int type = wide ? bytes.UInt16(at) : bytes.Span[at];
                int length = bytes.UInt16(at + (wide ? 2 : 1));
                int flags = bytes.Span[at + (wide ? 4 : 3)];
                at += prefix;
                if (at + length > end || (wide && length % 8 != 0))
                {
                    throw new Hdf5DamageException("a part of the description of an object is larger than the description");
                }

                if (CheckMessage(type, flags, at, bytes.Span.Slice(at, length)) is { } next)
                {
                    // A further block of version 2 has a signature in front and a checksum behind.
                    ulong around = 2 * (ulong)signature;
                    blocks.Enqueue((next.Start + signature, next.Size >= around ? next.Size - around : 0));
                }

                at += length;
            }
        }
    }

    private (int Start, ulong Size)? CheckMessage(int type, int flags, int position, ReadOnlySpan<byte> data)
    {
        const int DataType = 0x03,
            OldFillValue = 0x04,
            FillValue = 0x05,
            Link = 0x06,
            External = 0x07,
            Layout = 0x08,
            Filters = 0x0B,
            Attribute = 0x0C,
            Continuation = 0x10;
        if ((flags & 2) != 0)
        {
            throw new Hdf5DamageException("it shares a description between objects, which Keras files do not");
        }

        switch (type)
        {
            case DataType:
                Hdf5Messages.CheckType(data, bytes.Length);
                patches.Mark(position, data);
                break;
            case OldFillValue or FillValue:
                Hdf5Messages.CheckFillValue(data, type == OldFillValue);
                break;
            case Link:
                CheckLink(data);
                break;
            case External:
                throw new Hdf5DamageException("its weights are in other files, which Keras does not do");
            case Layout:
                CheckLayout(data);
                break;
            case Filters:
                Hdf5Filters.Check(data);
                break;
            case Attribute:
                Hdf5Messages.CheckAttribute(data, bytes.Length);
                break;
            case Continuation when data.Length >= 16:
                int next = bytes.Position(BinaryPrimitives.ReadUInt64LittleEndian(data));
                return next < 0 ? null : (next, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
        }

        return null;
    }

    private void CheckLink(ReadOnlySpan<byte> data)
    {
        if (data.Length < 10)
        {
            return;
        }

        if ((data[1] & 8) != 0 && data[2] != 0)
        {
            throw new Hdf5DamageException("it holds a link that points at another name, which Keras files do not");
        }

        int flags = data[1];
        int nameAt = 2 + ((flags & 8) != 0 ? 1 : 0) + ((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0);
        int sizeBytes = 1 << (flags & 3);
        ulong nameSize = 0;
        for (int i = sizeBytes - 1; i >= 0 && nameAt + sizeBytes <= data.Length; i--)
        {
            nameSize = (nameSize << 8) | data[nameAt + i];
        }

        if (nameAt + sizeBytes > data.Length || nameSize > (ulong)(data.Length - nameAt - sizeBytes))
        {
            throw new Hdf5DamageException("a name is larger than the description that holds it");
        }

        // A hard link ends with the address of its object.
        _linked.Enqueue(bytes.Position(BinaryPrimitives.ReadUInt64LittleEndian(data[^8..])));
    }

    private void CheckLayout(ReadOnlySpan<byte> data)
    {
        const int Chunked = 2, Virtual = 3;
        if (data.Length < 11)
        {
            return;
        }

        bool isOld = data[0] is 1 or 2;
        int kind = data[isOld ? 2 : 1];
        if (data[0] >= 4 && kind is Chunked or Virtual)
        {
            throw new Hdf5DamageException("its weights are stored in chunks as Keras never does; rewrite the file with h5repack --high=1");
        }

        if (kind != Chunked)
        {
            return;
        }

        int rank = data[isOld ? 1 : 2];
        int address = isOld ? 8 : 3;
        UInt128 size = 1;
        for (int i = 0; i < rank; i++)
        {
            int at = address + 8 + (i * 4);
            size *= at + 4 <= data.Length ? BinaryPrimitives.ReadUInt32LittleEndian(data[at..]) : 1;
            if (size > (ulong)Hdf5Limits.Chunked(bytes.Length))
            {
                throw new Hdf5DamageException("a chunk of weights is much larger than the file");
            }
        }

        Hdf5BTrees.CheckChunks(bytes, BinaryPrimitives.ReadUInt64LittleEndian(data[address..]), rank, patches);
    }
}
