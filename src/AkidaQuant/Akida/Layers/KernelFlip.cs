namespace AkidaQuant.Akida.Layers;

/// <summary>
/// Turns kernels around both spatial axes: Akida stores them for a true convolution, Keras for a correlation
/// (convert.md 6.2).
/// </summary>
internal static class KernelFlip
{
    /// <summary>A kernel of shape (rows, columns, …) turned around; turning twice gives the same kernel.</summary>
    public static T[] Turn<T>(T[] values, Shape shape)
    {
        int taps = shape[0] * shape[1];
        int inner = values.Length / taps;
        T[] turned = new T[values.Length];
        for (int tap = 0; tap < taps; tap++)
        {
            Array.Copy(values, tap * inner, turned, (taps - 1 - tap) * inner, inner);
        }

        return turned;
    }

    /// <summary>An array of shape (rows, columns, …) turned around.</summary>
    public static NdArray<T> Turn<T>(NdArray<T> kernel) =>
        kernel.Shape[0] * kernel.Shape[1] == 1 ? kernel : kernel with { Values = Turn(kernel.Values, kernel.Shape) };
}
