using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>Tensors of random values for kernels.</summary>
internal static class KernelTensors
{
    /// <summary>The integers of activations.</summary>
    public static ValueRange Activations { get; } = new(0, 255);

    /// <summary>Weights of so many bits, the sign included, symmetric about 0.</summary>
    public static int[] Weights(int count, int bits)
    {
        Random random = new(3);
        int most = (1 << (bits - 1)) - 1;
        int[] weights = new int[count];
        for (int i = 0; i < count; i++)
        {
            weights[i] = random.Next(-most, most + 1);
        }

        return weights;
    }

    /// <summary>Activations for one sample, some of them zero.</summary>
    /// <param name="count">Their number.</param>
    /// <param name="zeros">The share of zeros.</param>
    public static IntegerData Integers(int count, double zeros = 0)
    {
        Random random = new(4);
        IntegerData data = new(count, 1, Activations.Storage);
        Span<short> values = data.Values<short>(1);
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextDouble() < zeros ? (short)0 : (short)random.Next(1, 256);
        }

        return data;
    }

    /// <summary>Activations for one sample, of which areas of 8 x 8 pixels are zero.</summary>
    /// <param name="image">(rows, columns, channels).</param>
    /// <param name="zeros">The share of areas that are zero.</param>
    public static IntegerData Areas(Shape image, double zeros)
    {
        const int Side = 8;
        Random random = new(6);
        IntegerData data = Integers(image.Size);
        Span<short> values = data.Values<short>(1);
        int inRow = (image[1] + Side - 1) / Side;
        bool[] areas = new bool[(image[0] + Side - 1) / Side * inRow];
        areas.AsSpan(0, (int)Math.Round(zeros * areas.Length)).Fill(true);
        random.Shuffle(areas);
        for (int pixel = 0; pixel < image[0] * image[1]; pixel++)
        {
            (int row, int column) = Math.DivRem(pixel, image[1]);
            if (areas[(row / Side * inRow) + (column / Side)])
            {
                values.Slice(pixel * image[2], image[2]).Clear();
            }
        }

        return data;
    }

    /// <summary>What follows the sums of a layer: bias, rectifier, scale, shift, saturation to the integers of activations.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="sums">The sums that come in.</param>
    public static IntegerFinish Tail(int channels, ValueRange sums)
    {
        const int ValueBits = 31;
        int[] random = Weights(channels, 8);
        ChannelStep[] steps =
        [
            new BiasAddition(Array.ConvertAll(random, value => 16L * value), ValueBits),
            new Rectification(channels, null),
            new OutputScaling(
                channels, Array.ConvertAll(random, value => 128 + value), Array.ConvertAll(random, _ => -20), ValueBits, Activations),
        ];
        return new IntegerFinish(channels, sums, Activations, steps);
    }

    /// <summary>Floats from -1 to 1.</summary>
    public static float[] Floats(int count)
    {
        Random random = new(5);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextSingle() * 2 - 1;
        }

        return values;
    }
}
