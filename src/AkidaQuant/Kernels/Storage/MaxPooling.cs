using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Maximum over windows of an image, channels last (layers.md 6.1). Cells outside the image never win.</summary>
/// <remarks>
/// A lane is a channel of a cell, compared with those of the same channel, in vectors as wide as the processor's. First the rows of
/// a line of windows become one row, then the cells of a window one cell: 2 and 2 comparisons instead of 8 for 3 x 3.
/// </remarks>
public sealed class MaxPooling
{
    private readonly ConvolutionGeometry _geometry;

    /// <summary>A pooling whose windows are the geometry's kernel; input and output have the same channels.</summary>
    public MaxPooling(in ConvolutionGeometry geometry) => _geometry = geometry;

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, output height, output width, channels).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<T>(ReadOnlySpan<T> input, Span<T> output, int batch, WorkShare share = default)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        (int start, int end) = share.Of(batch * _geometry.OutputHeight);
        int size = _geometry.OutputWidth * _geometry.InputChannels;
        for (int line = start; line < end; line++)
        {
            Line(input, line, output.Slice(line * size, size));
        }
    }

    /// <summary>Computes a line of the output.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="line">The line, counted through all samples.</param>
    /// <param name="output">(output width, channels).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Line<T>(ReadOnlySpan<T> input, int line, Span<T> output)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        ConvolutionGeometry g = _geometry;
        int rowSize = g.InputWidth * g.InputChannels;
        ReadOnlySpan<T> image = input.Slice(line / g.OutputHeight * g.InputHeight * rowSize, g.InputHeight * rowSize);
        T[] rented = ArrayPool<T>.Shared.Rent(rowSize);
        Span<T> greatest = rented.AsSpan(0, rowSize);
        ReadOnlySpan<T> row = [];
        int top = (line % g.OutputHeight * g.StrideHeight) - g.PadTop;
        for (int i = 0; i < g.KernelHeight; i++)
        {
            int y = top + (i * g.DilationHeight);
            if ((uint)y < (uint)g.InputHeight)
            {
                ReadOnlySpan<T> next = image.Slice(y * rowSize, rowSize);
                if (!row.IsEmpty)
                {
                    Greatest(row, next, greatest);
                }

                row = row.IsEmpty ? next : greatest;
            }
        }

        if (row.IsEmpty)
        {
            output.Fill(T.MinValue);
        }
        else
        {
            for (int x = 0; x < g.OutputWidth; x++)
            {
                Window(row, (x * g.StrideWidth) - g.PadLeft, output.Slice(x * g.InputChannels, g.InputChannels));
            }
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    /// <summary>The greatest of each channel in the cells of a window in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Window<T>(ReadOnlySpan<T> row, int left, Span<T> output)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        ReadOnlySpan<T> greatest = [];
        for (int i = 0; i < _geometry.KernelWidth; i++)
        {
            int x = left + (i * _geometry.DilationWidth);
            if ((uint)x < (uint)_geometry.InputWidth)
            {
                ReadOnlySpan<T> cell = row.Slice(x * output.Length, output.Length);
                if (!greatest.IsEmpty)
                {
                    Greatest(greatest, cell, output);
                }

                greatest = greatest.IsEmpty ? cell : output;
            }
        }

        if (greatest.IsEmpty)
        {
            output.Fill(T.MinValue);
        }
        else if (greatest != output)
        {
            greatest.CopyTo(output);
        }
    }

    /// <summary>The greater of two values in the same place, with the bits of TensorPrimitives: NaN wins, and 0 over -0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Greatest<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right, Span<T> result)
        where T : unmanaged, INumber<T>
    {
        ref T first = ref MemoryMarshal.GetReference(left);
        ref T second = ref MemoryMarshal.GetReference(right[..left.Length]);
        ref T target = ref MemoryMarshal.GetReference(result[..left.Length]);
        int i = 0;
        for (; i <= left.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector.Max(Vector.LoadUnsafe(ref first, (nuint)i), Vector.LoadUnsafe(ref second, (nuint)i)).StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < left.Length; i++)
        {
            result[i] = T.Max(left[i], right[i]);
        }
    }
}
