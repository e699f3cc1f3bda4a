using System.Globalization;
using System.Text;
using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Makes HDF5 files whose root holds empty groups, in a table as h5py writes it.</summary>
internal static class GroupFile
{
    private const int LeafCapacity = 8;

    /// <summary>The name of a group.</summary>
    public static string NameOf(int group) => string.Create(CultureInfo.InvariantCulture, $"group_{group:d6}");

    /// <summary>A file of that many groups.</summary>
    /// <param name="count">How many.</param>
    /// <param name="sharedName">Whether all have the name of the first, from the same place.</param>
    /// <param name="leafTwice">Whether the tree leads twice to each part of the table.</param>
    public static byte[] Make(int count, bool sharedName = false, bool leafTwice = false)
    {
        Hdf5Buffer file = new Hdf5Buffer().Zeros(96);
        ulong[] children = [.. Enumerable.Range(0, count).Select(_ => Group(file, [], [], []))];
        byte[][] names = [.. Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes(NameOf(i)))];
        ulong root = Group(file, names, children, [sharedName, leafTwice]);
        byte[] bytes = file.ToArray();
        new Hdf5Buffer()
            .Bytes(0x89).Bytes("HDF\r\n"u8).Bytes(0x1A, 0x0A).Bytes(0, 0, 0, 0, 0, 8, 8, 0).UInt16(4).UInt16(16).UInt32(0)
            .UInt64(0).UInt64(Hdf5Buffer.NoAddress).UInt64((ulong)bytes.Length).UInt64(Hdf5Buffer.NoAddress)
            .UInt64(0).UInt64(root).Zeros(24).ToArray().CopyTo(bytes, 0);
        return bytes;
    }

    private static ulong Group(Hdf5Buffer file, byte[][] names, ulong[] children, bool[] flaws)
    {
        Hdf5Buffer text = new Hdf5Buffer().Zeros(8);
        int[] offsets = new int[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            if (i == 0 || !flaws[0])
            {
                offsets[i] = text.Length;
                text.Bytes(names[i]).Bytes(0).Pad();
            }
        }

        ulong data = Append(file, text);
        ulong heap = Append(file, new Hdf5Buffer().Bytes("HEAP"u8).UInt32(0).UInt64((ulong)text.Length).UInt64(1).UInt64(data));
        List<(ulong Address, int Last)> leaves = [];
        for (int first = 0; first < names.Length; first += LeafCapacity)
        {
            int count = Math.Min(LeafCapacity, names.Length - first);
            Hdf5Buffer leaf = new Hdf5Buffer().Bytes("SNOD"u8).Bytes(1, 0).UInt16(count);
            for (int i = first; i < first + count; i++)
            {
                leaf.UInt64((ulong)(flaws[0] ? offsets[0] : offsets[i])).UInt64(children[i]).Zeros(24);
            }

            leaves.Add((Append(file, leaf), offsets[first + count - 1]));
        }

        if (flaws is [_, true])
        {
            leaves.AddRange([.. leaves]);
        }

        Hdf5Buffer tree = new Hdf5Buffer().Bytes("TREE"u8).Bytes(0, 0).UInt16(leaves.Count)
            .UInt64(Hdf5Buffer.NoAddress).UInt64(Hdf5Buffer.NoAddress).UInt64(0);
        foreach ((ulong address, int last) in leaves)
        {
            tree.UInt64(address).UInt64((ulong)last);
        }

        return Append(
            file,
            new Hdf5Buffer().Bytes(1, 0).UInt16(1).UInt32(1).UInt32(24).UInt32(0)
                .UInt16(0x11).UInt16(16).UInt32(0).UInt64(Append(file, tree)).UInt64(heap));
    }

    private static ulong Append(Hdf5Buffer file, Hdf5Buffer part)
    {
        ulong address = (ulong)file.Pad().Length;
        file.Bytes(part.ToArray());
        return address;
    }
}
