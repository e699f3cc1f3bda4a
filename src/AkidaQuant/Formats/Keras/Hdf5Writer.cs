using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Writes HDF5 files as Keras does: old-style groups, contiguous float32 arrays, texts in global heaps
/// (tools.md 4.3).
/// </summary>
internal sealed class Hdf5Writer
{
    private const int SuperblockSize = 96;
    private const int LeafRank = 4;
    private const int LeafCapacity = 2 * LeafRank;
    private const int LeastTreeRank = 16;
    private const int EntrySize = 40;

    private readonly Stream _stream;
    private readonly long _start;
    private readonly Hdf5TextHeap _texts;
    private readonly int _treeRank;

    private Hdf5Writer(Hdf5Group root, Stream stream)
    {
        _stream = stream;
        _start = stream.Position;
        _texts = new Hdf5TextHeap(root);
        _treeRank = Math.Max(LeastTreeRank, (LeafCount(root) + 1) / 2);
    }

    /// <summary>Writes a file to a stream that can seek.</summary>
    public static void Write(Hdf5Group root, Stream stream) => new Hdf5Writer(root, stream).Write(root);

    private static int LeafCount(Hdf5Group group) => group.Children.Values.OfType<Hdf5Group>().Select(LeafCount)
        .Append((group.Children.Count + LeafCapacity - 1) / LeafCapacity).Max();

    private void Write(Hdf5Group root)
    {
        _stream.Write(new byte[SuperblockSize]);
        _texts.Write(content => Append(content));
        Entry entry = Write((object)root);
        long end = _stream.Position;
        _stream.Position = _start;
        _stream.Write(new Hdf5Buffer()
            .Bytes(0x89).Bytes("HDF\r\n"u8).Bytes(0x1A, 0x0A)
            .Bytes(0, 0, 0, 0, 0, 8, 8, 0)
            .UInt16(LeafRank).UInt16(_treeRank).UInt32(0)
            .UInt64(0).UInt64(Hdf5Buffer.NoAddress).UInt64((ulong)(end - _start)).UInt64(Hdf5Buffer.NoAddress)
            .Bytes(ToBytes(entry, 0))
            .ToArray());
        _stream.Position = end;
    }

    private Entry Write(object child) => child is Hdf5Group group ? WriteGroup(group) : WriteDataset((NdArray<float>)child);

    private Entry WriteDataset(NdArray<float> array) => new(Append(Hdf5Headers.OfDataset(array.Shape, AppendValues(array.Values))), null);

    private Entry WriteGroup(Hdf5Group group)
    {
        List<(string Name, Entry Entry)> children = [.. group.Children.Select(child => (child.Key, Write(child.Value)))];
        (ulong heap, int[] offsets) = WriteNames([.. children.Select(child => Hdf5Names.Bytes(child.Name))]);
        List<(ulong Address, int LastName)> leaves = [];
        for (int first = 0; first < children.Count; first += LeafCapacity)
        {
            int count = Math.Min(LeafCapacity, children.Count - first);
            Hdf5Buffer leaf = new Hdf5Buffer().Bytes("SNOD"u8).Bytes(1, 0).UInt16(count);
            for (int i = first; i < first + count; i++)
            {
                leaf.Bytes(ToBytes(children[i].Entry, offsets[i]));
            }

            leaves.Add((Append(leaf.Zeros((LeafCapacity - count) * EntrySize).ToArray()), offsets[first + count - 1]));
        }

        ulong tree = WriteTree(leaves);
        return new Entry(Append(Hdf5Headers.OfGroup(group, tree, heap, _texts)), (tree, heap));
    }

    private (ulong Address, int[] Offsets) WriteNames(byte[][] names)
    {
        Hdf5Buffer data = new Hdf5Buffer().Zeros(8);
        int[] offsets = new int[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            offsets[i] = data.Length;
            data.Bytes(names[i]).Bytes(0).Pad();
        }

        const int FreeBlock = 16;
        int free = data.Length;
        data.UInt64(1).UInt64(FreeBlock);
        ulong dataAddress = Append(data.ToArray());
        ulong heap = Append(
            new Hdf5Buffer().Bytes("HEAP"u8).UInt32(0).UInt64((ulong)data.Length).UInt64((ulong)free).UInt64(dataAddress).ToArray());
        return (heap, offsets);
    }

    private ulong WriteTree(List<(ulong Address, int LastName)> leaves)
    {
        Hdf5Buffer node = new Hdf5Buffer().Bytes("TREE"u8).Bytes(0, 0).UInt16(leaves.Count)
            .UInt64(Hdf5Buffer.NoAddress).UInt64(Hdf5Buffer.NoAddress).UInt64(0);
        foreach ((ulong address, int lastName) in leaves)
        {
            node.UInt64(address).UInt64((ulong)lastName);
        }

        const int Pair = 16;
        return Append(node.Zeros(((2 * _treeRank) - leaves.Count) * Pair).ToArray());
    }

    private static byte[] ToBytes(Entry entry, int nameOffset)
    {
        Hdf5Buffer bytes = new Hdf5Buffer().UInt64((ulong)nameOffset).UInt64(entry.Header);
        return entry.Group is { } group
            ? bytes.UInt32(1).UInt32(0).UInt64(group.Tree).UInt64(group.Heap).ToArray()
            : bytes.Zeros(24).ToArray();
    }

    private ulong AppendValues(float[] values)
    {
        ulong address = Append(default);
        if (BitConverter.IsLittleEndian)
        {
            _stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            return address;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            _stream.Write(bytes);
        }

        return address;
    }

    /// <summary>Appends at the next multiple of 8 and gives the address.</summary>
    private ulong Append(ReadOnlySpan<byte> content)
    {
        long address = _stream.Position - _start;
        _stream.Write(new byte[-address & 7]);
        address += -address & 7;
        _stream.Write(content);
        return (ulong)address;
    }

    /// <summary>Where an object lies; for a group, also its B-tree and heap of names.</summary>
    private sealed record Entry(ulong Header, (ulong Tree, ulong Heap)? Group);
}
