using System.Buffers;
using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// A contraction with weights of one cell that are 0 off their diagonal: every channel times a factor of its own, each product
/// saturated once. The same sums, and the same range of them, as with all weights.
/// </summary>
/// <remarks>
/// A lane is an element, whose factor stands in the same lane: factors are written out for as many pixels as a block has. A product is
/// of 32 bits where the bound of all of them, which is that of the sums (SumBounds), and the shifted activations are, else of 64,
/// so that no lane overflows. Integer products are exact, and so the same in vectors of any width.
/// </remarks>
internal sealed class DiagonalContraction : IntegerContraction
{
    private const int BlockElements = 1 << 12;

    private readonly int _positions;
    private readonly int _channels;
    private readonly int _rows;
    private readonly int[]? _factors;
    private readonly long[] _wideFactors;
    private readonly ShiftedInput _reader;
    private readonly ValueRange? _saturation;

    /// <summary>Finds out what the products can reach and chooses the arithmetic.</summary>
    /// <param name="positions">The pixels of a sample.</param>
    /// <param name="factors">One for each channel.</param>
    /// <param name="inputShift">
    /// The left shift of each channel, saturated to <paramref name="valueBits"/> before the product; null for none.
    /// </param>
    /// <param name="inputRange">The integers that the input holds.</param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of products.</param>
    /// <exception cref="ArgumentException">There is not one shift for each channel.</exception>
    /// <exception cref="QuantException">SumsTooWide: a product may exceed 63 bits.</exception>
    public DiagonalContraction(int positions, int[] factors, int[]? inputShift, ValueRange inputRange, int valueBits)
    {
        KernelArguments.ExpectLength(inputShift, factors.Length, nameof(inputShift));
        _positions = positions;
        _channels = factors.Length;
        _rows = Math.Max(1, BlockElements / _channels);
        ValueRange[] ranges = new ValueRange[_channels];
        for (int c = 0; c < _channels; c++)
        {
            ranges[c] = SumBounds.ChannelRange(inputRange, inputShift?[c], valueBits, padding: null);
        }

        SumBounds bounds = SumBounds.Of(factors, _channels, ranges, isChannelwise: true);
        ValueRange limits = ValueRange.OfBits(valueBits);
        _saturation = bounds.Exceeds(limits) ? limits : null;
        OutputRange = bounds.Saturated(limits);
        _reader = new ShiftedInput(inputShift, valueBits, inputRange);
        bool fitsInt32 = bounds.FitsInt32 && Array.TrueForAll(ranges, range => range.Min >= int.MinValue && range.Max <= int.MaxValue);
        int[] written = new int[_rows * _channels];
        for (int row = 0; row < _rows; row++)
        {
            factors.CopyTo(written, row * _channels);
        }

        _factors = fitsInt32 ? written : null;
        _wideFactors = fitsInt32 ? [] : Array.ConvertAll(written, factor => (long)factor);
    }

    /// <inheritdoc/>
    public override void Run(IntegerData input, IntegerData output, int samples, WorkShare share, IntegerFinish? finish)
    {
        KernelArguments.ExpectStorage(output, finish?.OutputRange ?? OutputRange);
        (int start, int end) = share.Of(samples * _positions);
        if (_factors is not null)
        {
            Run(_factors, input, output, start, end, finish);
        }
        else
        {
            Run(_wideFactors, input, output, start, end, finish);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(T[] factors, IntegerData input, IntegerData output, int start, int end, IntegerFinish? finish)
        where T : unmanaged, INumber<T>
    {
        bool isDirect = finish is null && IntegerSums.WritesDirectly<T>(output);
        T[]? images = _reader.NeedsScratch<T>(input) ? ArrayPool<T>.Shared.Rent(factors.Length) : null;
        T[]? results = isDirect ? null : ArrayPool<T>.Shared.Rent(factors.Length);
        for (int row = start; row < end; row += _rows)
        {
            int rows = Math.Min(_rows, end - row);
            (int first, int count) = (row * _channels, rows * _channels);
            Span<T> products = isDirect ? output.Values<T>(output.Capacity).Slice(first, count) : results.AsSpan(0, count);
            TensorPrimitives.Multiply(_reader.Read<T>(input, first, count, images), factors.AsSpan(0, count), products);
            IntegerSums.Saturate(products, _saturation);
            if (finish is not null)
            {
                finish.Run<T>(products, _channels, rows, 0, _channels, output, row);
            }
            else if (!isDirect)
            {
                IntegerCopy.Write<T>(products, output, first);
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
