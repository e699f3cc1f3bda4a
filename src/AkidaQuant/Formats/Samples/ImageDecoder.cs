using AkidaQuant.Formats.Files;
using StbImageSharp;

namespace AkidaQuant.Formats.Samples;

/// <summary>Pixels of bytes, row-major, channels last.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for gray, 3 for red, green and blue.</param>
/// <param name="Pixels">The bytes.</param>
internal sealed record Image(int Width, int Height, int Channels, byte[] Pixels);

/// <summary>Decodes PNG, JPEG and BMP images; transparency is dropped, and 16 bits become 8.</summary>
internal static class ImageDecoder
{
    private const long MaxFileLength = 1L << 28;

    // What the formats can pack into a byte at most, and a little for images that are almost nothing but a header.
    private const long MaxPixelsPerByte = 8300;
    private const long MaxJpegPixelsPerByte = 1024;
    private const long FreePixels = 1 << 16;

    /// <summary>Reads the header of an image file.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>ImageDamaged</c> or <c>ImageTooLarge</c>.
    /// </exception>
    public static ImageHeader ReadHeader(string path)
    {
        using FileStream file = InputFile.Open(path);
        return Guard(path, isFile: true, () => Checked(ImageHeader.Read(file), file.Length, path));
    }

    /// <summary>Decodes an image file.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>ImageDamaged</c> or <c>ImageTooLarge</c>.
    /// </exception>
    public static Image Read(string path)
    {
        ImageHeader header = ReadHeader(path);
        byte[] content = InputFile.ReadAll(path);
        return Guard(path, isFile: false, () =>
        {
            if (header.Format == ImageFormat.Png)
            {
                PngContent.Check(content);
            }

            ColorComponents components = header.IsGray ? ColorComponents.Grey : ColorComponents.RedGreenBlue;
            ImageResult decoded = ImageResult.FromMemory(content, components);
            int channels = header.IsGray ? 1 : 3;
            return
                decoded.Width == header.Width
                && decoded.Height == header.Height
                && decoded.Data.Length == (long)header.Width * header.Height * channels
                ? new Image(header.Width, header.Height, channels, decoded.Data)
                : throw new FormatException("its headers contradict each other");
        });
    }

    private static ImageHeader Checked(ImageHeader header, long length, string path)
    {
        long pixels = (long)header.Width * header.Height;
        if (pixels > ImageHeader.MaxPixels || length > MaxFileLength)
        {
            throw new QuantException(
                "ImageTooLarge",
                QuantErrorKind.NotSupported,
                $"The image '{path}' has {header.Width} x {header.Height} pixels in {length} bytes. Images of at most {ImageHeader.MaxPixels} pixels and {MaxFileLength} bytes are read; make it smaller.",
                path);
        }

        long most = header.Format == ImageFormat.Jpeg ? MaxJpegPixelsPerByte : MaxPixelsPerByte;
        return pixels <= FreePixels + (length * most)
            ? header
            : throw new FormatException($"its {length} bytes cannot hold the {header.Width} x {header.Height} pixels that it declares");
    }

    private static T Guard<T>(string path, bool isFile, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (QuantException or OperationCanceledException))
        {
            if (isFile && e is (IOException and not EndOfStreamException) or UnauthorizedAccessException)
            {
                throw InputFile.Unreadable(path, e);
            }

            // The decoder reports damage with exceptions of many types.
            string problem = e is FormatException ? e.Message : "it is cut off, its bytes are damaged, or it is of a rare kind";
            throw new QuantException(
                "ImageDamaged",
                QuantErrorKind.InvalidData,
                $"The image '{path}' cannot be read: {problem}. Save it again as PNG, JPEG or BMP, or remove it.",
                path,
                e);
        }
    }
}
