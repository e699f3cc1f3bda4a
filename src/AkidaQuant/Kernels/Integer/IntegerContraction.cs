using System.Buffers;
using System.Numerics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// A convolution of integers in the narrowest arithmetic that is exact for its weights and inputs. Each sum is
/// saturated once, when it is finished (numerics.md 4.3).
/// </summary>
/// <remarks>
/// <para>Three kinds of arithmetic, the first one that is exact for whatever the input may hold:</para>
/// <code>
///   weights and activations of 16 bits,        pairs: two products in each lane of 32 bits (ScalarPairLanes)
///   sums below 2^31
///   sums of at most 2^53                       doubles: one product in each lane of 64 bits
///   sums below 2^63                            longs: likewise, with a slower product
/// </code>
/// <para>
/// The bound of a sum is that of all its products' magnitudes, of each weight times the largest activation of its channel.
/// No partial sum exceeds it, in whatever order and however the products are paired, so that no lane overflows or rounds,
/// and every instruction set gives the same integers.
/// </para>
/// <para>
/// What a vector holds stands where the loops are: PatchReader lays out the rows, PackedMatrix the weights, MatrixTile
/// multiplies them.
/// </para>
/// </remarks>
internal abstract class IntegerContraction
{
    /// <summary>The integers that the sums can be, saturated.</summary>
    public ValueRange OutputRange { get; private init; }

    /// <summary>Computes <paramref name="samples"/> images.</summary>
    public abstract void Run(IntegerData input, IntegerData output, int samples);

    /// <summary>Chooses the arithmetic and packs the weights (kernel height, kernel width, input channels, filters).</summary>
    public static IntegerContraction Create(
        in ConvolutionGeometry geometry,
        int[] weights,
        int[]? inputShift,
        ValueRange inputRange,
        int valueBits,
        int[] padding,
        InstructionSet set)
    {
        int channels = geometry.InputChannels;
        int filters = geometry.OutputChannels;
        int depth = geometry.KernelHeight * geometry.KernelWidth * channels;
        bool pads = IsPadded(geometry);
        var ranges = new ValueRange[channels];
        for (int c = 0; c < channels; c++)
        {
            ranges[c] = SumBounds.ChannelRange(inputRange, inputShift?[c], valueBits, pads ? padding[c] : null);
        }

        SumBounds bounds = SumBounds.Of(weights, filters, ranges, isChannelwise: false);
        ValueRange limits = ValueRange.OfBits(valueBits);
        ValueRange? saturation = bounds.Exceeds(limits) ? limits : null;
        ValueRange outputRange = bounds.Saturated(limits);
        if (bounds.FitsInt32 && Fits16(inputRange))
        {
            int[]? folded = Fold(weights, filters, inputShift, inputRange, valueBits, pads ? padding : []);
            if ((folded ?? (ranges.All(Fits16) ? weights : null)) is { } narrow && narrow.All(weight => weight == (short)weight))
            {
                PackedMatrix<int> matrix = PackedMatrix.OfPairs(Array.ConvertAll(narrow, weight => (short)weight), depth, filters, set);
                short[] border = pads ? Array.ConvertAll(padding, value => (short)value) : new short[channels];
                ShiftedInput reader = new(folded is null ? inputShift : null, valueBits, inputRange);
                return new IntegerContraction<short, int>(geometry, border, matrix, reader, saturation)
                {
                    OutputRange = outputRange,
                };
            }
        }

        return bounds.FitsDouble ? Wide<double>(geometry) : Wide<long>(geometry);

        IntegerContraction Wide<T>(in ConvolutionGeometry sizes)
            where T : unmanaged, INumber<T>
        {
            PackedMatrix<T> matrix = PackedMatrix.Of<T>(Array.ConvertAll(weights, T.CreateTruncating), depth, filters, default, set);
            T[] border = Array.ConvertAll(padding, T.CreateTruncating);
            return new IntegerContraction<T, T>(sizes, border, matrix, new ShiftedInput(inputShift, valueBits, inputRange), saturation)
            {
                OutputRange = outputRange,
            };
        }
    }

    /// <summary>Whether the integers are of 16 bits.</summary>
    public static bool Fits16(ValueRange range) => range.Min >= short.MinValue && range.Max <= short.MaxValue;

    private static bool IsPadded(in ConvolutionGeometry g) =>
        g.PadTop > 0 || g.PadLeft > 0
        || ((g.OutputHeight - 1) * g.StrideHeight) - g.PadTop + ((g.KernelHeight - 1) * g.DilationHeight) >= g.InputHeight
        || ((g.OutputWidth - 1) * g.StrideWidth) - g.PadLeft + ((g.KernelWidth - 1) * g.DilationWidth) >= g.InputWidth;

    /// <summary>
    /// The weights with the shifts of their channels multiplied in, or null where that is not the same: a shifted
    /// activation may saturate, or a border that is already shifted would be shifted again.
    /// </summary>
    public static int[]? Fold(int[] weights, int filters, int[]? shifts, ValueRange inputRange, int valueBits, int[] padding)
    {
        if (shifts is null)
        {
            return weights;
        }

        int largest = shifts.Max();
        ValueRange limits = ValueRange.OfBits(valueBits);
        bool saturates = largest > 15 || inputRange.Min << largest < limits.Min || inputRange.Max << largest > limits.Max;
        if (saturates || (largest > 0 && Array.Exists(padding, value => value != 0)))
        {
            return null;
        }

        var folded = new int[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            long weight = (long)weights[i] << shifts[i / filters % shifts.Length];
            if (weight != (short)weight)
            {
                return null;
            }

            folded[i] = (int)weight;
        }

        return folded;
    }
}

/// <summary>A convolution of integers held as <typeparamref name="TImage"/> and summed in <typeparamref name="T"/>.</summary>
internal sealed class IntegerContraction<TImage, T>(
    in ConvolutionGeometry geometry, TImage[] padding, PackedMatrix<T> matrix, ShiftedInput reader, ValueRange? saturation)
    : IntegerContraction
    where TImage : unmanaged, INumber<TImage>
    where T : unmanaged, INumber<T>
{
    private const int ChunkElements = 1 << 16;

    private readonly int _imageSize = geometry.InputHeight * geometry.InputWidth * geometry.InputChannels;
    private readonly int _positions = geometry.OutputHeight * geometry.OutputWidth;
    private readonly PatchProduct<TImage, T> _product = new(new PatchReader<TImage>(geometry, 0, geometry.InputChannels, padding), matrix);

    /// <inheritdoc/>
    public override void Run(IntegerData input, IntegerData output, int samples)
    {
        KernelArguments.ExpectStorage(output, OutputRange);
        bool needsScratch = reader.NeedsScratch<TImage>(input);
        int chunk = needsScratch ? Math.Clamp(ChunkElements / _imageSize, 1, Math.Max(samples, 1)) : samples;
        TImage[]? scratch = needsScratch ? ArrayPool<TImage>.Shared.Rent(chunk * _imageSize) : null;
        for (int sample = 0; sample < samples; sample += chunk)
        {
            int count = Math.Min(chunk, samples - sample);
            ReadOnlySpan<TImage> images = reader.Read<TImage>(input, sample * _imageSize, count * _imageSize, scratch);
            Multiply(images, count * _positions, output, sample * _positions * matrix.Columns);
        }

        if (scratch is not null)
        {
            ArrayPool<TImage>.Shared.Return(scratch);
        }
    }

    private void Multiply(ReadOnlySpan<TImage> images, int rows, IntegerData output, int first)
    {
        int columns = matrix.Columns;
        if (IntegerSums.WritesDirectly<T>(output))
        {
            Span<T> sums = output.Values<T>(output.Capacity).Slice(first, rows * columns);
            _product.Run(images, 0, rows, sums, columns);
            IntegerSums.Saturate(sums, saturation);
            return;
        }

        int block = Math.Min(_product.BlockRows, rows);
        T[] scratch = ArrayPool<T>.Shared.Rent(block * columns);
        for (int row = 0; row < rows; row += block)
        {
            int count = Math.Min(block, rows - row);
            Span<T> sums = scratch.AsSpan(0, count * columns);
            _product.Run(images, row, count, sums, columns);
            IntegerSums.Saturate(sums, saturation);
            IntegerCopy.Write<T>(sums, output, first + (row * columns));
        }

        ArrayPool<T>.Shared.Return(scratch);
    }
}
