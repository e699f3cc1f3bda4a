namespace AkidaQuant.Benchmarks.Shapes;

/// <summary>A network of the layers of MobileNetV2, with random weights.</summary>
internal static class MobileNetShape
{
    /// <summary>The expansion, the channels, the repetitions and the first stride of its stages.</summary>
    private static readonly (int Expansion, int Channels, int Count, int Stride)[] Stages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    /// <summary>The network for square images of bytes.</summary>
    /// <param name="size">Their rows and columns.</param>
    public static Model Create(int size)
    {
        NetworkSketch sketch = new($"mobilenet_shape_{size}", new Shape(size, size, 3));
        string last = Rectified(sketch.Convolution(sketch.Rescaling(NetworkSketch.Input), 32, 3, 2));
        foreach ((int expansion, int channels, int count, int stride) in Stages)
        {
            for (int i = 0; i < count; i++)
            {
                string block = last;
                if (expansion > 1)
                {
                    block = Rectified(sketch.Convolution(block, expansion * sketch.Channels(block), 1));
                }

                block = Rectified(sketch.Depthwise(block, i == 0 ? stride : 1));
                block = sketch.Normalization(sketch.Convolution(block, channels, 1));
                last = i == 0 ? block : sketch.Sum(last, block);
            }
        }

        last = sketch.GlobalPooling(Rectified(sketch.Convolution(last, 1280, 1)));
        return sketch.Build(sketch.Dense(last, 1000));

        string Rectified(string convolution) => sketch.Rectifier(sketch.Normalization(convolution), 6);
    }
}
