using System.Buffers;
using System.Numerics;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Sums of products of integers that a kernel computes sample by sample: what they can reach, and the way of the
/// activations to the type that they are summed in and of the finished sums, saturated once, to the output.
/// </summary>
internal sealed class IntegerSampleSums
{
    private readonly ValueRange? _saturation;
    private readonly ShiftedInput _reader;
    private readonly ValueRange[] _ranges;

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

    /// <summary>Computes one sample: its image in, all its sums out.</summary>
    public delegate void Kernel<TImage, T>(ReadOnlySpan<TImage> image, Span<T> sums);

    /// <summary>What the sums can reach before they are saturated.</summary>
    public SumBounds Bounds { get; }

    /// <summary>The integers that the output can hold.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Whether the activations and every partial sum are of 32 bits.</summary>
    public bool FitInt32 => Bounds.FitsInt32 && InputsFit(ValueRange.OfBits(31));

    /// <summary>Whether the shifted activations of all channels are within the range.</summary>
    public bool InputsFit(ValueRange range) => Array.TrueForAll(_ranges, channel => channel.Min >= range.Min && channel.Max <= range.Max);

    /// <summary>A kernel over whole batches; several threads may call it.</summary>
    /// <param name="kernel">Computes one sample.</param>
    /// <param name="inputSize">The integers of a sample.</param>
    /// <param name="outputSize">The sums of a sample.</param>
    /// <param name="reader">Reads the activations; null for their own shifts.</param>
    /// <returns>
    /// What computes a batch; it throws an ArgumentException where the output's storage does not hold <see cref="OutputRange"/>.
    /// </returns>
    public Action<IntegerData, IntegerData, int> OverBatch<TImage, T>(
        Kernel<TImage, T> kernel, int inputSize, int outputSize, ShiftedInput? reader = null)
        where TImage : unmanaged, INumber<TImage>
        where T : unmanaged, INumber<T>
    {
        reader ??= _reader;
        return (input, output, batch) =>
        {
            KernelArguments.ExpectStorage(output, OutputRange);
            TImage[]? images = reader.NeedsScratch<TImage>(input) ? ArrayPool<TImage>.Shared.Rent(inputSize) : null;
            T[]? results = IntegerSums.WritesDirectly<T>(output) ? null : ArrayPool<T>.Shared.Rent(outputSize);
            for (int sample = 0; sample < batch; sample++)
            {
                int first = sample * outputSize;
                Span<T> sums = results is null ? output.Values<T>(output.Capacity).Slice(first, outputSize) : results.AsSpan(0, outputSize);
                kernel(reader.Read<TImage>(input, sample * inputSize, inputSize, images), sums);
                IntegerSums.Saturate(sums, _saturation);
                if (results is not null)
                {
                    IntegerCopy.Write<T>(sums, output, first);
                }
            }

            if (images is not null)
            {
                ArrayPool<TImage>.Shared.Return(images);
            }

            if (results is not null)
            {
                ArrayPool<T>.Shared.Return(results);
            }
        };
    }
}
