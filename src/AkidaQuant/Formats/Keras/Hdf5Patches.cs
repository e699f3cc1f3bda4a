using System.Buffers;
using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// What the library takes in another form than files have it: types of numbers that it doesn't read, which filters a chunk went through,
/// and groups that keep their names in a table. They are collected where the structures are checked.
/// </summary>
internal sealed class Hdf5Patches
{
    /// <summary>The length of the mark of a type, which stands where its description had been.</summary>
    private const int MarkLength = 4;

    private const int Opaque = 5;
    private const int Integer = 0;
    private const int Float = 1;

    private readonly long _end;
    private readonly List<(int Position, byte[] Bytes)> _patches = [];
    private readonly ArrayBufferWriter<byte> _appended = new();

    /// <summary>No changes yet.</summary>
    /// <param name="fileLength">The bytes of the file.</param>
    public Hdf5Patches(int fileLength) => _end = fileLength;

    /// <summary>
    /// The mark that a type of numbers is read by, in the way of numpy: <c>&gt;f4</c> for big-endian float32, <c>&lt;b2</c> for bfloat16;
    /// null for a type that the library reads.
    /// </summary>
    /// <param name="type">The description of the type.</param>
    public static string? MarkOf(ReadOnlySpan<byte> type)
    {
        int kind = type.Length < 12 ? -1 : type[0] & 0x0F;
        if (kind is not (Integer or Float))
        {
            return null;
        }

        bool isBigEndian = (type[1] & 1) != 0;
        bool isBrainFloat = kind == Float && IsBrainFloat(type);
        return isBigEndian || isBrainFloat
            ? $"{(isBigEndian ? '>' : '<')}{(isBrainFloat ? 'b' : kind == Float ? 'f' : (type[1] & 8) != 0 ? 'i' : 'u')}{type[4]}"
            : null;
    }

    /// <summary>Whether a type of floats is bfloat16: 8 bits of exponent and 7 of mantissa.</summary>
    public static bool IsBrainFloat(ReadOnlySpan<byte> type) =>
        type.Length >= 16 && BinaryPrimitives.ReadUInt32LittleEndian(type[4..]) == 2 && (type[13], type[15]) == (8, 7);

    /// <summary>Makes a type of numbers that the library doesn't read into bytes with its mark.</summary>
    /// <param name="position">Where its description starts.</param>
    /// <param name="type">The description.</param>
    public void Mark(int position, ReadOnlySpan<byte> type)
    {
        if (MarkOf(type) is not { } mark)
        {
            return;
        }

        byte[] description = type[..(8 + MarkLength)].ToArray();
        description[0] = (byte)((description[0] & 0xF0) | Opaque);
        (description[1], description[2], description[3]) = (MarkLength, 0, 0);
        description.AsSpan(8).Clear();
        System.Text.Encoding.ASCII.GetBytes(mark, description.AsSpan(8));
        _patches.Add((position, description));
    }

    /// <summary>Makes a number of four bytes another one.</summary>
    public void Set(int position, uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Set(position, bytes);
    }

    /// <summary>Makes bytes others.</summary>
    public void Set(int position, byte[] bytes) => _patches.Add((position, bytes));

    /// <summary>Puts bytes behind the end of the file.</summary>
    /// <returns>Their position.</returns>
    public long Append(byte[] bytes)
    {
        long position = _end + _appended.WrittenCount;
        _appended.Write(bytes);
        return position;
    }

    /// <summary>The file as the library takes it.</summary>
    public Hdf5PatchedFile Apply(byte[] file, CancellationToken cancellation) =>
        new(file, _patches, _appended.WrittenMemory, cancellation);
}
