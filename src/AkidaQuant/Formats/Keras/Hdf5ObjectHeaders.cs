using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Checks the descriptions of the objects of an HDF5 file: that no continuation leads back, and that there is
/// nothing in them that Keras never writes and a reader would have to follow elsewhere.
/// </summary>
internal sealed class Hdf5ObjectHeaders(Hdf5Bytes bytes)
{
    private const int MaxBlocks = 1000;
    private const int MaxTypeDepth = 4;

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
        if (!bytes.Has(sizeAt, sizeBytes))
        {
            return;
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

            long end = Math.Min(bytes.Length, block.Start + (long)Math.Min(block.Size, int.MaxValue));
            int at = block.Start;
            while (at + prefix <= end)
            {
                int type = wide ? bytes.UInt16(at) : bytes.Span[at];
                int length = bytes.UInt16(at + (wide ? 2 : 1));
                int flags = bytes.Span[at + (wide ? 4 : 3)];
                at += prefix;
                if (bytes.Has(at, length) && CheckMessage(type, flags, bytes.Span.Slice(at, length)) is { } next)
                {
                    blocks.Enqueue((next.Start + signature, next.Size));
                }

                at += length;
            }
        }
    }

    private (int Start, ulong Size)? CheckMessage(int type, int flags, ReadOnlySpan<byte> data)
    {
        const int DataType = 0x03, Link = 0x06, External = 0x07, Layout = 0x08, Attribute = 0x0C, Continuation = 0x10;
        if ((flags & 2) != 0)
        {
            throw new Hdf5DamageException("it shares a description between objects, which Keras files do not");
        }

        switch (type)
        {
            case DataType:
                CheckType(data, 0);
                break;
            case Link:
                CheckLink(data);
                break;
            case External:
                throw new Hdf5DamageException("its weights are in other files, which Keras does not do");
            case Layout:
                CheckLayout(data);
                break;
            case Attribute:
                CheckAttribute(data);
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

        // A hard link ends with the address of its object.
        _linked.Enqueue(bytes.Position(BinaryPrimitives.ReadUInt64LittleEndian(data[^8..])));
    }

    private void CheckLayout(ReadOnlySpan<byte> data)
    {
        const int Chunked = 2, Virtual = 3;
        if (data.Length >= 11 && data[0] == 3 && data[1] == Chunked)
        {
            Hdf5BTrees.CheckChunks(bytes, BinaryPrimitives.ReadUInt64LittleEndian(data[3..]), data[2]);
        }
        else if (data.Length >= 16 && data[0] is 1 or 2 && data[2] == Chunked)
        {
            Hdf5BTrees.CheckChunks(bytes, BinaryPrimitives.ReadUInt64LittleEndian(data[8..]), data[1]);
        }
        else if (data.Length >= 2 && data[0] >= 4 && data[1] == Virtual)
        {
            throw new Hdf5DamageException("its weights are put together from other files, which Keras does not do");
        }
    }

    private static void CheckAttribute(ReadOnlySpan<byte> data)
    {
        if (data.Length < 9)
        {
            return;
        }

        int version = data[0];
        if (version > 1 && (data[1] & 3) != 0)
        {
            throw new Hdf5DamageException("it shares a description between attributes, which Keras files do not");
        }

        int nameSize = BinaryPrimitives.ReadUInt16LittleEndian(data[2..]);
        int type = version switch { 1 => 8 + ((nameSize + 7) & ~7), 2 => 8 + nameSize, _ => 9 + nameSize };
        if (type < data.Length)
        {
            CheckType(data[type..], 0);
        }
    }

    private static void CheckType(ReadOnlySpan<byte> data, int depth)
    {
        const int Float = 1, Compound = 6, Enumeration = 8, VariableLength = 9, Array = 10;
        if (depth > MaxTypeDepth)
        {
            throw new Hdf5DamageException("a type is nested deeper than Keras files need");
        }

        switch (data.Length < 8 ? 0 : data[0] & 0x0F)
        {
            case Float when data.Length >= 16 && (data[4], data[13], data[15]) is not ((2, 5, 10) or (4, 8, 23) or (8, 11, 52)):
                throw new Hdf5DamageException("it holds numbers that are not float16, float32 or float64");
            case Compound or Array:
                throw new Hdf5DamageException("it holds records or arrays of arrays, which Keras files do not");
            case Enumeration or VariableLength:
                CheckType(data[8..], depth + 1);
                break;
        }
    }
}
