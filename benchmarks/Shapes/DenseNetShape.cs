namespace AkidaQuant.Benchmarks.Shapes;

/// <summary>A network of the layers of DenseNet-121, with random weights.</summary>
internal static class DenseNetShape
{
    private const int Growth = 32;
    private static readonly int[] Blocks = [6, 12, 24, 16];

    /// <summary>The network for square images of bytes.</summary>
    /// <param name="size">Their rows and columns.</param>
    public static Model Create(int size)
    {
        NetworkSketch sketch = new($"densenet121_shape_{size}", new Shape(size, size, 3));
        string last = sketch.Convolution(sketch.Rescaling(NetworkSketch.Input), 2 * Growth, 7, 2);
        last = sketch.MaxPooling(Rectified(last));
        for (int block = 0; block < Blocks.Length; block++)
        {
            for (int i = 0; i < Blocks[block]; i++)
            {
                string narrow = sketch.Convolution(Rectified(last), 4 * Growth, 1);
                last = sketch.Concatenation(last, sketch.Convolution(Rectified(narrow), Growth, 3));
            }

            if (block < Blocks.Length - 1)
            {
                last = sketch.AveragePooling(sketch.Convolution(Rectified(last), sketch.Channels(last) / 2, 1));
            }
        }

        return sketch.Build(sketch.Dense(sketch.GlobalPooling(Rectified(last)), 1000));

        string Rectified(string from) => sketch.Rectifier(sketch.Normalization(from));
    }
}
