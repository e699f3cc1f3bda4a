using System.Buffers.Binary;

namespace AkidaQuant.Formats.Samples;

/// <summary>What the first bytes of an image say of it, read before memory is taken for the rest.</summary>
/// <param name="Format">PNG, JPEG or BMP.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsGray">Whether all pixels are shades of gray.</param>
internal sealed record ImageHeader(ImageFormat Format, int Width, int Height, bool IsGray)
{
    /// <summary>The most pixels of an image.</summary>
    public const long MaxPixels = 1L << 26;

    private static readonly byte[] PngSignature = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A];

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The image from its start, which must be able to seek.</param>
    /// <exception cref="FormatException">It is none of these formats, or has no pixels.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public static ImageHeader Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[30];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length < start.Length)
        {
            throw new EndOfStreamException();
        }

        ImageHeader header = start.StartsWith(PngSignature) ? Png(start)
            : start[0] == 0xFF && start[1] == 0xD8 ? Jpeg(stream)
            : start[0] == 'B' && start[1] == 'M' ? Bmp(start)
            : throw new FormatException("it is no PNG, JPEG or BMP image, whatever its name says");
        return header is { Width: > 0, Height: > 0 }
            ? header
            : throw new FormatException($"it has {header.Width} x {header.Height} pixels");
    }

    private static ImageHeader Png(ReadOnlySpan<byte> start) =>
        start[12..16].SequenceEqual("IHDR"u8)
            ? new ImageHeader(
                ImageFormat.Png,
                BinaryPrimitives.ReadInt32BigEndian(start[16..]),
                BinaryPrimitives.ReadInt32BigEndian(start[20..]),
                start[25] is 0 or 4)
            : throw new FormatException("it does not start as a PNG image");

    private static ImageHeader Bmp(ReadOnlySpan<byte> start)
    {
        int size = BinaryPrimitives.ReadInt32LittleEndian(start[14..]);
        if (size == 12)
        {
            return new ImageHeader(
                ImageFormat.Bmp,
                BinaryPrimitives.ReadUInt16LittleEndian(start[18..]),
                BinaryPrimitives.ReadUInt16LittleEndian(start[20..]),
                IsGray: false);
        }

        int height = BinaryPrimitives.ReadInt32LittleEndian(start[22..]);
        return height != int.MinValue
            ? new ImageHeader(ImageFormat.Bmp, BinaryPrimitives.ReadInt32LittleEndian(start[18..]), Math.Abs(height), IsGray: false)
            : throw new FormatException("its height is out of range");
    }

    /// <summary>Goes from segment to segment to the one that begins a frame.</summary>
    private static ImageHeader Jpeg(Stream stream)
    {
        stream.Position = 2;
        Span<byte> segment = stackalloc byte[8];
        while (true)
        {
            int marker = Byte(stream);
            if (marker != 0xFF)
            {
                throw new FormatException("its segments are damaged");
            }

            while (marker == 0xFF)
            {
                marker = Byte(stream);
            }

            if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                continue;
            }

            if (marker is 0xD9 or 0xDA)
            {
                throw new FormatException("it has no frame");
            }

            stream.ReadExactly(segment[..2]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(segment);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                stream.ReadExactly(segment[..6]);
                return new ImageHeader(
                    ImageFormat.Jpeg,
                    BinaryPrimitives.ReadUInt16BigEndian(segment[3..]),
                    BinaryPrimitives.ReadUInt16BigEndian(segment[1..]),
                    segment[5] == 1);
            }

            if (length < 2)
            {
                throw new FormatException("its segments are damaged");
            }

            stream.Position += length - 2;
        }
    }

    private static int Byte(Stream stream) => stream.ReadByte() is var value and >= 0 ? value : throw new EndOfStreamException();
}

/// <summary>The formats of images that can be read.</summary>
internal enum ImageFormat
{
    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>Windows bitmap.</summary>
    Bmp,
}
