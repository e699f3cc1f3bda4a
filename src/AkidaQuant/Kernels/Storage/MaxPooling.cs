using System.Numerics;
using System.Numerics.Tensors;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Maximum over windows of an image, channels last (layers.md 6.1). Cells outside the image never win.</summary>
public sealed class MaxPooling
{
    private readonly ConvolutionGeometry _geometry;

    /// <summary>A pooling whose windows are the geometry's kernel; input and output have the same channels.</summary>
    public MaxPooling(in ConvolutionGeometry geometry) => _geometry = geometry;

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, output height, output width, channels).</param>
    /// <param name="batch">The number of samples.</param>
    public void Run<T>(ReadOnlySpan<T> input, Span<T> output, int batch)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        ConvolutionGeometry g = _geometry;
        int imageSize = g.InputHeight * g.InputWidth * g.InputChannels;
        for (int sample = 0; sample < batch; sample++)
        {
            ReadOnlySpan<T> image = input.Slice(sample * imageSize, imageSize);
            for (int y = 0; y < g.OutputHeight; y++)
            {
                for (int x = 0; x < g.OutputWidth; x++)
                {
                    int position = (((sample * g.OutputHeight) + y) * g.OutputWidth) + x;
                    Span<T> cell = output.Slice(position * g.InputChannels, g.InputChannels);
                    Window(image, (y * g.StrideHeight) - g.PadTop, (x * g.StrideWidth) - g.PadLeft, cell);
                }
            }
        }
    }

    /// <summary>Computes a batch of integers; both buffers have the same storage.</summary>
    /// <exception cref="ArgumentException">The storages differ.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) =>
        StorageDispatch.RunWithin(new Operation(this, batch), input, output, batch);

    /// <summary>
    /// The greatest of each channel in a window. A lane is a channel: the channels of a cell lie side by side, and each is
    /// compared with the greatest so far of its own channel, in vectors as wide as the processor's.
    /// </summary>
    private void Window<T>(ReadOnlySpan<T> image, int top, int left, Span<T> output)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        bool isEmpty = true;
        for (int row = 0; row < _geometry.KernelHeight; row++)
        {
            int y = top + (row * _geometry.DilationHeight);
            for (int column = 0; (uint)y < (uint)_geometry.InputHeight && column < _geometry.KernelWidth; column++)
            {
                int x = left + (column * _geometry.DilationWidth);
                if ((uint)x >= (uint)_geometry.InputWidth)
                {
                    continue;
                }

                ReadOnlySpan<T> cell = image.Slice(((y * _geometry.InputWidth) + x) * output.Length, output.Length);
                if (isEmpty)
                {
                    cell.CopyTo(output);
                    isEmpty = false;
                }
                else
                {
                    TensorPrimitives.Max(output, cell, output);
                }
            }
        }

        if (isEmpty)
        {
            output.Fill(T.MinValue);
        }
    }

    private readonly struct Operation(MaxPooling owner, int batch) : IStorageOperation
    {
        public void Run<T>(ReadOnlySpan<T> input, Span<T> output)
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => owner.Run(input, output, batch);
    }
}
