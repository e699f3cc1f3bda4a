namespace AkidaQuant.Formats.Samples;

/// <summary>Brings images to a size and a number of channels.</summary>
internal static class ImageFit
{
    /// <summary>
    /// Converts the channels, then resizes bilinearly: the centers of pixels correspond, so that row y takes the place
    /// <c>(y + 0.5) * height / target height - 0.5</c>; beyond the border the border counts; neighbours are not
    /// averaged when an image shrinks; values are rounded half to even. An image of the right size stays as it is.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="height">The rows of the result.</param>
    /// <param name="width">The pixels of a row of the result.</param>
    /// <param name="destination">Receives the bytes; as many channels as fit: 1 or 3.</param>
    public static void Copy(Image image, int height, int width, Span<byte> destination)
    {
        int channels = destination.Length / (height * width);
        byte[] pixels = image.Channels == channels ? image.Pixels : channels == 1 ? ToGray(image.Pixels) : ToColor(image.Pixels);
        if (image.Height == height && image.Width == width)
        {
            pixels.CopyTo(destination);
            return;
        }

        (int From, int To, double Share)[] columns = Neighbours(image.Width, width);
        (int From, int To, double Share)[] rows = Neighbours(image.Height, height);
        int stride = image.Width * channels;
        int position = 0;
        foreach ((int top, int bottom, double down) in rows)
        {
            foreach ((int left, int right, double across) in columns)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    double above = Mix(
                        pixels[(top * stride) + (left * channels) + channel],
                        pixels[(top * stride) + (right * channels) + channel],
                        across);
                    double below = Mix(
                        pixels[(bottom * stride) + (left * channels) + channel],
                        pixels[(bottom * stride) + (right * channels) + channel],
                        across);
                    destination[position++] = (byte)Math.Round(Mix(above, below, down));
                }
            }
        }
    }

    private static double Mix(double from, double to, double share) => from + ((to - from) * share);

    private static (int From, int To, double Share)[] Neighbours(int length, int target)
    {
        var result = new (int, int, double)[target];
        for (int i = 0; i < target; i++)
        {
            double place = Math.Clamp(((i + 0.5) * length / target) - 0.5, 0, length - 1);
            int from = (int)place;
            result[i] = (from, Math.Min(from + 1, length - 1), place - from);
        }

        return result;
    }

    // The luma of ITU-R BT.601, rounded to nearest.
    private static byte[] ToGray(byte[] pixels)
    {
        byte[] gray = new byte[pixels.Length / 3];
        for (int i = 0; i < gray.Length; i++)
        {
            gray[i] = (byte)(((299 * pixels[3 * i]) + (587 * pixels[(3 * i) + 1]) + (114 * pixels[(3 * i) + 2]) + 500) / 1000);
        }

        return gray;
    }

    private static byte[] ToColor(byte[] pixels)
    {
        byte[] color = new byte[pixels.Length * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            color.AsSpan(3 * i, 3).Fill(pixels[i]);
        }

        return color;
    }
}
