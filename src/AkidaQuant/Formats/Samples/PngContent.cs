using System.Buffers.Binary;
using System.IO.Compression;

namespace AkidaQuant.Formats.Samples;

/// <summary>Checks that the packed pixels of a PNG image are as many as its header says, before it is decoded.</summary>
internal static class PngContent
{
    private const int SignatureLength = 8;
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Unpacks the pixels without keeping them.</summary>
    /// <exception cref="FormatException">There are more or fewer than the header says, or the header is wrong.</exception>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static void Check(byte[] image)
    {
        long expected = ExpectedLength(image.AsSpan(SignatureLength + 8));
        using ZLibStream pixels = new(new MemoryStream(Join(image)), CompressionMode.Decompress);
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        for (int read = pixels.Read(buffer); read > 0; read = pixels.Read(buffer))
        {
            length += read;
            if (length > expected)
            {
                break;
            }
        }

        if (length != expected)
        {
            throw new FormatException(
                length > expected ? "it holds more pixels than it declares" : "it is cut off or its bytes are damaged");
        }
    }

    private static byte[] Join(byte[] image)
    {
        MemoryStream packed = new();
        for (int position = SignatureLength; ;)
        {
            if (image.Length - position < 12)
            {
                throw new FormatException("it is cut off or its bytes are damaged");
            }

            long length = BinaryPrimitives.ReadUInt32BigEndian(image.AsSpan(position));
            ReadOnlySpan<byte> name = image.AsSpan(position + 4, 4);
            if (length > image.Length - position - 12)
            {
                throw new FormatException("it is cut off or its bytes are damaged");
            }

            if (name.SequenceEqual("IEND"u8))
            {
                return packed.ToArray();
            }

            if (name.SequenceEqual("IDAT"u8))
            {
                packed.Write(image, position + 8, (int)length);
            }

            position += (int)length + 12;
        }
    }

    private static long ExpectedLength(ReadOnlySpan<byte> header)
    {
        int width = BinaryPrimitives.ReadInt32BigEndian(header);
        int height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        int channels = header[9] switch
        {
            0 or 3 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => throw new FormatException("its color type is unknown"),
        };
        int bits = header[8] is 1 or 2 or 4 or 8 or 16 ? header[8] * channels : throw new FormatException("its bit depth is unknown");
        if (header[12] == 0)
        {
            return Length(width, height, bits);
        }

        long total = 0;
        foreach ((int x, int y, int stepX, int stepY) in Passes)
        {
            int columns = (width - x + stepX - 1) / stepX;
            int rows = (height - y + stepY - 1) / stepY;
            total += columns > 0 && rows > 0 ? Length(columns, rows, bits) : 0;
        }

        return total;
    }

    // Each row has a byte before it that names its filter.
    private static long Length(int width, int height, int bits) => height * (1 + ((((long)width * bits) + 7) / 8));
}
