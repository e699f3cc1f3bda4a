namespace AkidaQuant.Kernels;

/// <summary>
/// Functions of single values that vectors and scalars round differently: all values go through vectors of the same
/// width, however few there are, so that a result never depends on the number of samples that run together.
/// </summary>
internal static class FullVectors
{
    /// <summary>The float32 values of the widest vector.</summary>
    private const int Width = 16;

    /// <summary>A function of <c>TensorPrimitives</c>.</summary>
    public delegate void Function(ReadOnlySpan<float> values, Span<float> results);

    /// <summary>Applies the function in place.</summary>
    public static void Run(Function function, Span<float> values)
    {
        if (values.Length >= Width)
        {
            function(values, values);
            return;
        }

        Span<float> padded = stackalloc float[Width];
        padded.Clear();
        values.CopyTo(padded);
        function(padded, padded);
        padded[..values.Length].CopyTo(values);
    }
}
