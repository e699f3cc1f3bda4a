using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Sums of products of integers that a kernel computes sample by sample, block by block: what they can reach, and the way of the
/// activations to the type that they are summed in and of the finished sums, saturated once, to the output.
/// </summary>
internal sealed class IntegerSampleSums
{
    private readonly ValueRange? _saturation;
    private readonly ShiftedInput _reader;
    private readonly ValueRange[] _ranges;
    private readonly int _columns;

    /// <summary>Finds out what the sums can reach. What lies outside the image counts as 0.</summary>
    /// <param name="weights">(taps, channels, columns), or (taps, columns) where each column meets its own channel only.</param>
    /// <param name="columns">The number of sums at a position.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="inputShift">
    /// The left shift of each channel, saturated to <paramref name="valueBits"/> before the product; null for none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <param name="isChannelwise">Whether each column meets its own channel only.</param>
    /// <exception cref="ArgumentException">There is not one shift for each channel.</exception>
    /// <exception cref="QuantException">SumsTooWide: a sum may exceed 63 bits.</exception>
    public IntegerSampleSums(
        int[] weights, int columns, int channels, int[]? inputShift, ValueRange inputRange, int valueBits, bool isChannelwise)
    {
        KernelArguments.ExpectLength(inputShift, channels, nameof(inputShift));
        _columns = columns;
        _ranges = new ValueRange[channels];
        for (int c = 0; c < channels; c++)
        {
            _ranges[c] = SumBounds.ChannelRange(inputRange, inputShift?[c], valueBits, 0);
        }

        Bounds = SumBounds.Of(weights, columns, _ranges, isChannelwise);
        ValueRange limits = ValueRange.OfBits(valueBits);
        _saturation = Bounds.Exceeds(limits) ? limits : null;
        _reader = new ShiftedInput(inputShift, valueBits, inputRange);
        OutputRange = Bounds.Saturated(limits);
    }

    /// <summary>
    /// Computes a share of a batch. It throws an ArgumentException where the storage of the output is too narrow for what is written.
    /// </summary>
    /// <param name="input">The activations.</param>
    /// <param name="output">Where the sums go, or what became of them.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is done to finished sums; null for nothing.</param>
    public delegate void BatchKernel(IntegerData input, IntegerData output, int batch, WorkShare share, IntegerFinish? finish);

    /// <summary>What the sums can reach before they are saturated.</summary>
    public SumBounds Bounds { get; }

    /// <summary>The integers that the output can hold.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Whether the activations and every partial sum are of 32 bits.</summary>
    public bool FitInt32 => Bounds.FitsInt32 && InputsFit(ValueRange.OfBits(31));

    /// <summary>Whether the shifted activations of all channels are within the range.</summary>
    public bool InputsFit(ValueRange range) => Array.TrueForAll(_ranges, channel => channel.Min >= range.Min && channel.Max <= range.Max);

    /// <summary>A kernel over batches; several threads may call it.</summary>
    /// <param name="kernel">Computes sums of one sample.</param>
    /// <param name="reader">Reads the activations; null for their own shifts.</param>
    public BatchKernel OverBatch<TImage, T>(ISampleKernel<TImage, T> kernel, ShiftedInput? reader = null)
        where TImage : unmanaged, INumber<TImage>
        where T : unmanaged, INumber<T>
    {
        ShiftedInput activations = reader ?? _reader;
        return (input, output, batch, share, finish) => Run(kernel, activations, input, output, batch, share, finish);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TImage, T>(
        ISampleKernel<TImage, T> kernel,
        ShiftedInput reader,
        IntegerData input,
        IntegerData output,
        int batch,
        WorkShare share,
        IntegerFinish? finish)
        where TImage : unmanaged, INumber<TImage>
        where T : unmanaged, INumber<T>
    {
        KernelArguments.ExpectStorage(output, finish?.OutputRange ?? OutputRange);
        bool isDirect = finish is null && IntegerSums.WritesDirectly<T>(output);
        TImage[]? images = reader.NeedsScratch<TImage>(input) ? ArrayPool<TImage>.Shared.Rent(kernel.InputSize) : null;
        T[]? scratch = isDirect ? null : ArrayPool<T>.Shared.Rent(kernel.Block * kernel.UnitSize);
        (int start, int end) = share.Of(batch * kernel.Units);
        while (start < end)
        {
            (int sample, int first) = Math.DivRem(start, kernel.Units);
            int last = Math.Min(kernel.Units, first + end - start);
            ReadOnlySpan<TImage> image = Read(kernel, reader, input, sample, first, last, images);
            start += last - first;
            while (first < last)
            {
                int stop = isDirect ? last : kernel.BlockEnd(first, last);
                int place = ((sample * kernel.Units) + first) * kernel.UnitSize;
                int count = (stop - first) * kernel.UnitSize;
                Span<T> sums = isDirect ? output.Values<T>(output.Capacity).Slice(place, count) : scratch.AsSpan(0, count);
                kernel.Run(image, first, stop, sums);
                IntegerSums.Saturate(sums, _saturation);
                if (finish is not null)
                {
                    finish.Run<T>(sums, _columns, count / _columns, 0, _columns, output, place / _columns);
                }
                else if (!isDirect)
                {
                    IntegerCopy.Write<T>(sums, output, place);
                }

                first = stop;
            }
        }

        if (images is not null)
        {
            ArrayPool<TImage>.Shared.Return(images);
        }

        if (scratch is not null)
        {
            ArrayPool<T>.Shared.Return(scratch);
        }
    }

    /// <summary>A sample, in which only what some units need is read.</summary>
    private static ReadOnlySpan<TImage> Read<TImage, T>(
        ISampleKernel<TImage, T> kernel, ShiftedInput reader, IntegerData input, int sample, int first, int end, TImage[]? scratch)
        where TImage : unmanaged, INumber<TImage>
        where T : unmanaged
    {
        int size = kernel.InputSize;
        if (scratch is null)
        {
            return reader.Read<TImage>(input, sample * size, size, default);
        }

        (int from, int to) = kernel.Needs(first, end);
        reader.Read<TImage>(input, (sample * size) + from, to - from, scratch.AsSpan(from));
        return scratch.AsSpan(0, size);
    }
}
