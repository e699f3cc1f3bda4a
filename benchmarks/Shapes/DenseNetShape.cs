namespace AkidaQuant.Benchmarks.Shapes;

/// <summary>A network of the layers of DenseNet-121 as it comes from a file of torchvision's, with random weights.</summary>
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
        last = sketch.MaxPooling(sketch.Rectifier(sketch.Normalization(last)));
        for (int block = 0; block < Blocks.Length; block++)
        {
            List<string> features = [last];
            for (int i = 0; i < Blocks[block]; i++)
            {
                string narrow = sketch.Convolution(sketch.Rectifier(sketch.Affine(last)), 4 * Growth, 1);
                features.Add(sketch.Convolution(sketch.Rectifier(sketch.Normalization(narrow)), Growth, 3));
                last = sketch.Concatenation(features);
            }

            if (block < Blocks.Length - 1)
            {
                string rectified = sketch.Rectifier(sketch.Affine(last));
                last = sketch.AveragePooling(sketch.Convolution(rectified, sketch.Channels(last) / 2, 1));
            }
        }

        last = sketch.Rectifier(sketch.Affine(last, isDiagonal: true));
        return sketch.Build(sketch.Dense(sketch.GlobalPooling(last), 1000));
    }
}
