using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Maximum over windows of an image of integers, and what becomes of it (layers.md 6.1).</summary>
public sealed class IntegerMaxPooling
{
    private readonly MaxPooling _pooling;
    private readonly int _width;
    private readonly int _height;
    private readonly int _channels;

    /// <summary>A pooling whose windows are the geometry's kernel; input and output have the same channels.</summary>
    public IntegerMaxPooling(in ConvolutionGeometry geometry)
    {
        _pooling = new MaxPooling(geometry);
        (_height, _width, _channels) = (geometry.OutputHeight, geometry.OutputWidth, geometry.InputChannels);
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">
    /// (batch, output height, output width, channels): the greatest integers, in the storage of the input, or what
    /// <paramref name="finish"/> makes of them.
    /// </param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What becomes of the greatest integers, if anything.</param>
    /// <exception cref="ArgumentException">The storages differ, and nothing finishes.</exception>
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default, IntegerFinish? finish = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        if (finish is null)
        {
            StorageDispatch.RunWithin(new Operation(_pooling, batch, share), input, output, batch);
            return;
        }

        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                Run<short>(input.Values<short>(batch), output, batch, share, finish);
                break;
            case IntegerStorage.Int32:
                Run<int>(input.Values<int>(batch), output, batch, share, finish);
                break;
            default:
                Run<long>(input.Values<long>(batch), output, batch, share, finish);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(ReadOnlySpan<T> input, IntegerData output, int batch, WorkShare share, IntegerFinish finish)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        (int start, int end) = share.Of(batch * _height);
        T[] rented = ArrayPool<T>.Shared.Rent(_width * _channels);
        Span<T> greatest = rented.AsSpan(0, _width * _channels);
        for (int line = start; line < end; line++)
        {
            _pooling.Line(input, line, greatest);
            finish.Run<T>(greatest, _channels, _width, 0, _channels, output, line * _width);
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    private readonly struct Operation(MaxPooling pooling, int batch, WorkShare share) : IStorageOperation
    {
        public void Run<T>(ReadOnlySpan<T> input, Span<T> output)
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => pooling.Run(input, output, batch, share);
    }
}
