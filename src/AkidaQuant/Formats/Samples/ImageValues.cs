
namespace AkidaQuant.Formats.Samples;

/// <summary>The pixels of images that are decoded each time they are asked for.</summary>
internal sealed class ImageValues(string[] files, int height, int width, int channels) : StreamedValues<byte>("uint8")
{
    /// <inheritdoc/>
    protected override void Fill(long start, Span<byte> destination)
    {
        int size = height * width * channels;
        int index = (int)(start / size);
        int offset = (int)(start % size);
        byte[]? part = null;
        for (int done = 0; done < destination.Length; index++)
        {
            int count = Math.Min(size - offset, destination.Length - done);
            Image image = ImageDecoder.Read(files[index]);
            if (count == size)
            {
                ImageFit.Copy(image, height, width, destination.Slice(done, size));
            }
            else
            {
                part ??= new byte[size];
                ImageFit.Copy(image, height, width, part);
                part.AsSpan(offset, count).CopyTo(destination[done..]);
            }

            offset = 0;
            done += count;
        }
    }
}
