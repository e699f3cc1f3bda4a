using System.Runtime.InteropServices;

namespace AkidaQuant.Tensors;

/// <summary>
/// Square matrices that are 0 off their diagonal, held as the diagonal: the kernels of one cell that give every channel times a factor
/// of its own, of which networks can have hundreds, each of as many elements as channels squared.
/// </summary>
internal static class DiagonalMatrix
{
    /// <summary>The matrix of a diagonal, of shape (channels, channels).</summary>
    public static NdArray<T> Of<T>(T[] diagonal)
        where T : unmanaged => new NdArray<T>(new Shape(diagonal.Length, diagonal.Length), []) { Diagonal = diagonal };

    /// <summary>All elements of the matrix of a diagonal, row-major.</summary>
    public static T[] Write<T>(T[] diagonal)
    {
        T[] values = new T[diagonal.Length * diagonal.Length];
        for (int i = 0; i < diagonal.Length; i++)
        {
            values[i * (diagonal.Length + 1)] = diagonal[i];
        }

        return values;
    }

    /// <summary>
    /// The same array, held as its diagonal where it is a square matrix, behind any number of axes of size 1, of which each bit off the
    /// diagonal is 0. A matrix of another kind shows itself in its first elements, so that this costs nothing to ask.
    /// </summary>
    public static NdArray<T> Compact<T>(this NdArray<T> array)
        where T : unmanaged
    {
        int size = array.Shape.Channels;
        if (array.Diagonal is not null || size < 2 || array.Shape.Rank < 2 || array.Shape[^2] != size || array.Size != size * size)
        {
            return array;
        }

        ReadOnlySpan<T> values = array.Values;
        for (int i = 1; i < size; i++)
        {
            // Between one element of the diagonal and the next lie as many as a row has.
            if (MemoryMarshal.AsBytes(values.Slice(((i - 1) * (size + 1)) + 1, size)).ContainsAnyExcept((byte)0))
            {
                return array;
            }
        }

        T[] diagonal = new T[size];
        for (int i = 0; i < size; i++)
        {
            diagonal[i] = values[i * (size + 1)];
        }

        return array with { Diagonal = diagonal };
    }

    /// <summary>The elements that an array holds: its diagonal where no others are held, else all.</summary>
    public static T[] Held<T>(this NdArray<T> array) => array.Diagonal ?? array.Values;

    /// <summary>An array of the same shape that holds the same of its elements: all, or its diagonal.</summary>
    /// <param name="array">The array.</param>
    /// <param name="held">As many elements as <see cref="Held"/> has.</param>
    public static NdArray<TResult> WithHeld<T, TResult>(this NdArray<T> array, TResult[] held) =>
        array.Diagonal is null ? new NdArray<TResult>(array.Shape, held) : new NdArray<TResult>(array.Shape, []) { Diagonal = held };

    /// <summary>The same shape with every element converted by a function that makes 0 of 0.</summary>
    public static NdArray<TResult> MapNonzero<T, TResult>(this NdArray<T> array, Converter<T, TResult> convert) =>
        array.WithHeld(Array.ConvertAll(array.Held(), convert));
}
