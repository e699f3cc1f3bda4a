namespace AkidaQuant.Formats.Descriptions;

/// <summary>Random matrices whose columns, or rows where these are fewer, are at right angles and of one length.</summary>
internal static class Rotation
{
    /// <summary>Values of a shape, taken as a matrix of the last axis by all others.</summary>
    /// <exception cref="QuantException">The shape has fewer than two axes.</exception>
    public static float[] Fill(Shape shape, double gain, RandomSource random)
    {
        if (shape.Rank < 2)
        {
            throw new QuantException(
                "LayerArgumentInvalid",
                QuantErrorKind.InvalidData,
                $"The initializer orthogonal fills weights of two axes or more, and these have the shape {shape}. Take another one.");
        }

        int columns = shape[^1];
        int rows = shape.Size / columns;
        (int length, int count) = rows < columns ? (columns, rows) : (rows, columns);
        double[][] vectors = new double[count][];
        for (int i = 0; i < count; i++)
        {
            vectors[i] = Next(vectors.AsSpan(0, i), length, random);
        }

        float[] values = new float[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, columns);
            values[i] = (float)(gain * (rows < columns ? vectors[row][column] : vectors[column][row]));
        }

        return values;
    }

    /// <summary>
    /// A random direction with the parts along the given ones taken away: twice, because the first time leaves rounding errors.
    /// </summary>
    private static double[] Next(ReadOnlySpan<double[]> given, int length, RandomSource random)
    {
        double[] vector = new double[length];
        for (int i = 0; i < length; i++)
        {
            vector[i] = RandomValues.NextNormal(random);
        }

        for (int pass = 0; pass < 2; pass++)
        {
            foreach (double[] other in given)
            {
                double part = Product(vector, other);
                for (int i = 0; i < length; i++)
                {
                    vector[i] -= part * other[i];
                }
            }
        }

        double norm = Math.Sqrt(Product(vector, vector));
        return Array.ConvertAll(vector, value => value / norm);
    }

    // One after the other, not in vectors, whose width would show in the last bit.
    private static double Product(double[] left, double[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
