using System.Numerics;
using System.Numerics.Tensors;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// A convolution of integers in the narrowest arithmetic that is exact for its weights and inputs. Each sum is
/// saturated once, when it is finished (numerics.md 4.3).
/// </summary>
/// <remarks>
/// <para>Four kinds of arithmetic, the first one that is exact for whatever the input may hold:</para>
/// <code>
///   small weights, activations of 8 bits,      bytes: four products in each lane of 32 bits (IByteLanes)
///   sums below 2^31
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
    public ValueRange OutputRange { get; private protected init; }

    /// <summary>Computes a share of <paramref name="samples"/> images.</summary>
    /// <param name="input">(samples, input height, input width, input channels).</param>
    /// <param name="output">
    /// (samples, output height, output width, filters), in a storage that holds <see cref="OutputRange"/>, or that of
    /// <paramref name="finish"/>.
    /// </param>
    /// <param name="samples">The number of images.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What becomes of the sums, if anything.</param>
    public abstract void Run(IntegerData input, IntegerData output, int samples, WorkShare share, IntegerFinish? finish);

    /// <summary>
    /// Finds out what the sums can reach; the arithmetic is chosen, and the weights (kernel height, kernel width, input channels,
    /// filters) are packed, when the first sums are asked for.
    /// </summary>
    /// <exception cref="QuantException">SumsTooWide: a sum may exceed 63 bits.</exception>
    public static UnpackedContraction Create(
        in ConvolutionGeometry geometry,
        int[] weights,
        int[]? inputShift,
        ValueRange inputRange,
        int valueBits,
        int[] padding,
        InstructionSet set)
    {
        bool pads = IsPadded(geometry);
        var ranges = new ValueRange[geometry.InputChannels];
        for (int c = 0; c < ranges.Length; c++)
        {
            ranges[c] = SumBounds.ChannelRange(inputRange, inputShift?[c], valueBits, pads ? padding[c] : null);
        }

        SumBounds bounds = SumBounds.Of(weights, geometry.OutputChannels, ranges, isChannelwise: false);
        ConvolutionGeometry sizes = geometry;
        return new UnpackedContraction(
            bounds.Saturated(ValueRange.OfBits(valueBits)),
            () => Pack(sizes, weights, inputShift, inputRange, valueBits, padding, ranges, bounds, set));
    }

    private static IntegerContraction Pack(
        in ConvolutionGeometry geometry,
        int[] weights,
        int[]? inputShift,
        ValueRange inputRange,
        int valueBits,
        int[] padding,
        ValueRange[] ranges,
        SumBounds bounds,
        InstructionSet set)
    {
        int channels = geometry.InputChannels;
        int filters = geometry.OutputChannels;
        int depth = geometry.KernelHeight * geometry.KernelWidth * channels;
        bool pads = IsPadded(geometry);
        ValueRange limits = ValueRange.OfBits(valueBits);
        ValueRange? saturation = bounds.Exceeds(limits) ? limits : null;
        ValueRange outputRange = bounds.Saturated(limits);
        if (bounds.FitsInt32 && Fits16(inputRange))
        {
            int[]? folded = Fold(weights, filters, inputShift, inputRange, valueBits, pads ? padding : []);
            if ((folded ?? (ranges.All(Fits16) ? weights : null)) is { } narrow && AreNarrow(narrow))
            {
                if (folded is not null && Bytes(geometry, narrow) is { } bytes)
                {
                    return bytes;
                }

                PackedMatrix<int> matrix = PackedMatrix.OfPairs(Array.ConvertAll(narrow, weight => (short)weight), depth, filters, set);
                short[] border = pads ? Array.ConvertAll(padding, value => (short)value) : new short[channels];
                ShiftedInput reader = new(folded is null ? inputShift : null, valueBits, inputRange);
                return new ImageContraction<short, int>(geometry, border, matrix, reader, saturation)
                {
                    OutputRange = outputRange,
                };
            }
        }

        return bounds.FitsDouble ? Wide<double>(geometry) : Wide<long>(geometry);

        IntegerContraction? Bytes(in ConvolutionGeometry sizes, int[] narrow)
        {
            ValueRange values = pads
                ? new ValueRange(Math.Min(inputRange.Min, padding.Min()), Math.Max(inputRange.Max, padding.Max()))
                : inputRange;
            bool anySum = set == InstructionSet.Vector256Vnni;
            if (!PackedMatrix.HasBytes(set) || ByteProducts.For(narrow, filters, values, anySum) is not { } products)
            {
                return null;
            }

            int[] start = new int[filters];
            for (int row = 0; row < narrow.Length; row += filters)
            {
                TensorPrimitives.Add(start, narrow.AsSpan(row, filters), start);
            }

            TensorPrimitives.Multiply(start, -products.Offset, start);
            sbyte[] matrix = Array.ConvertAll(narrow, weight => (sbyte)weight);
            byte[] border = Array.ConvertAll(padding, value => (byte)(pads ? value + products.Offset : 0));
            PackedMatrix<int> packed = PackedMatrix.OfBytes(matrix, depth, filters, start, products.Steps, set);
            ShiftedInput reader = new(null, valueBits, inputRange);
            return new ImageContraction<byte, int>(sizes, border, packed, reader, saturation, products.Offset)
            {
                OutputRange = outputRange,
            };
        }

        IntegerContraction Wide<T>(in ConvolutionGeometry sizes)
            where T : unmanaged, INumber<T>
        {
            PackedMatrix<T> matrix = PackedMatrix.Of<T>(Array.ConvertAll(weights, T.CreateTruncating), depth, filters, default, set);
            T[] border = Array.ConvertAll(padding, T.CreateTruncating);
            return new ImageContraction<T, T>(sizes, border, matrix, new ShiftedInput(inputShift, valueBits, inputRange), saturation)
            {
                OutputRange = outputRange,
            };
        }
    }

    private static bool AreNarrow(int[] weights) =>
        weights.Length == 0 || Fits16(new ValueRange(TensorPrimitives.Min<int>(weights), TensorPrimitives.Max<int>(weights)));

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
        for (int i = 0; i < weights.Length; i += filters)
        {
            ReadOnlySpan<int> row = weights.AsSpan(i, filters);
            int shift = shifts[i / filters % shifts.Length];
            if (!Fits16(new ValueRange((long)TensorPrimitives.Min(row) << shift, (long)TensorPrimitives.Max(row) << shift)))
            {
                return null;
            }

            TensorPrimitives.ShiftLeft(row, shift, folded.AsSpan(i, filters));
        }

        return folded;
    }
}
