using System.Buffers;
using System.Numerics;

namespace AkidaQuant.Kernels;

/// <summary>
/// Depthwise convolution of integer images (layers.md 4.4, convert.md 6.2), channels last, in the narrowest
/// arithmetic that is exact for its weights and inputs: each sum is saturated once.
/// </summary>
public sealed class IntegerDepthwiseConvolution
{
    private delegate void Operation(IntegerData input, IntegerData output, int batch);

    private readonly Operation _run;

    /// <summary>Packs the weights and chooses the arithmetic.</summary>
    /// <param name="geometry">The sizes; input and output have the same channels.</param>
    /// <param name="weights">(kernel height, kernel width, channels).</param>
    /// <param name="inputShift">The left shift of each channel, saturated to <paramref name="valueBits"/> before the product; null for none.</param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    /// <exception cref="ArgumentException">An array has a wrong length.</exception>
    /// <exception cref="QuantException">SumsTooWide: a sum may exceed 63 bits.</exception>
    public IntegerDepthwiseConvolution(in ConvolutionGeometry geometry, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits)
        : this(geometry, weights, inputShift, inputRange, valueBits, InstructionSets.Best)
    {
    }

    internal IntegerDepthwiseConvolution(
        in ConvolutionGeometry geometry, int[] weights, int[]? inputShift, ValueRange inputRange, int valueBits, InstructionSet set)
    {
        int channels = geometry.InputChannels;
        KernelArguments.ExpectLength(weights, geometry.KernelHeight * geometry.KernelWidth * channels, nameof(weights));
        KernelArguments.ExpectLength(inputShift, channels, nameof(inputShift));
        var ranges = new ValueRange[channels];
        for (int c = 0; c < channels; c++)
        {
            ranges[c] = SumBounds.ChannelRange(inputRange, inputShift?[c], valueBits, 0);
        }

        SumBounds bounds = SumBounds.Of(weights, channels, ranges, isChannelwise: true);
        ValueRange limits = ValueRange.OfBits(valueBits);
        ValueRange? saturation = bounds.Exceeds(limits) ? limits : null;
        OutputRange = bounds.Saturated(limits);
        bool fitsInt32 = bounds.FitsInt32 && Array.TrueForAll(ranges, range => range.Min >= int.MinValue && range.Max <= int.MaxValue);
        _run = fitsInt32 ? Make<int>(geometry) : bounds.FitsDouble ? Make<double>(geometry) : Make<long>(geometry);

        Operation Make<T>(in ConvolutionGeometry sizes)
            where T : unmanaged, INumber<T>
        {
            ChannelFilter<T> filter = ChannelFilter.Of<T>(sizes, Array.ConvertAll(weights, T.CreateTruncating), default, set);
            var reader = new ShiftedInput(inputShift, valueBits, inputRange);
            (int inputSize, int outputSize) = (sizes.InputShape.Size, sizes.OutputShape.Size);
            return (input, output, batch) => Run(filter, reader, saturation, input, inputSize, output, outputSize, batch);
        }
    }

    /// <summary>The integers that the output can hold, from the weights and the range of the inputs.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, output height, output width, channels), in a storage that holds <see cref="OutputRange"/>.</param>
    /// <param name="batch">The number of samples.</param>
    /// <exception cref="ArgumentException">The output's storage is too narrow.</exception>
    public void Run(IntegerData input, IntegerData output, int batch)
    {
        KernelArguments.ExpectStorage(output, OutputRange);
        _run(input, output, batch);
    }

    private static void Run<T>(
        ChannelFilter<T> filter, ShiftedInput reader, ValueRange? saturation, IntegerData input, int inputSize, IntegerData output, int outputSize, int batch)
        where T : unmanaged, INumber<T>
    {
        T[]? images = reader.NeedsScratch<T>(input) ? ArrayPool<T>.Shared.Rent(inputSize) : null;
        T[]? results = IntegerSums.WritesDirectly<T>(output) ? null : ArrayPool<T>.Shared.Rent(outputSize);
        for (int sample = 0; sample < batch; sample++)
        {
            ReadOnlySpan<T> image = reader.Read<T>(input, sample * inputSize, inputSize, images);
            int first = sample * outputSize;
            Span<T> sums = results is null ? output.Values<T>(output.Capacity).Slice(first, outputSize) : results.AsSpan(0, outputSize);
            filter.Run(image, sums);
            IntegerSums.Saturate(sums, saturation);
            if (results is not null)
            {
                IntegerCopy.Write<T>(sums, output, first);
            }
        }

        if (images is not null)
        {
            ArrayPool<T>.Shared.Return(images);
        }

        if (results is not null)
        {
            ArrayPool<T>.Shared.Return(results);
        }
    }
}
