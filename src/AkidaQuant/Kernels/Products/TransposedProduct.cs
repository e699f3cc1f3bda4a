using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;

namespace AkidaQuant.Kernels.Products;

/// <summary>
/// A transposed convolution as one matrix product: each pixel times all taps of the kernel, then added to where
/// the taps fall (layers.md 3). Every sum adds up in the same order, whatever the batch and the instruction set.
/// </summary>
/// <remarks>
/// <para>
/// The product has a row for each pixel and a column for each tap and filter, so that a row holds the whole stamp that a
/// pixel leaves on the result. For a kernel of 2 x 2 and F filters:
/// </para>
/// <code>
///   row of the product   [ tap (0,0): 0..F-1 | tap (0,1): 0..F-1 | tap (1,0): 0..F-1 | tap (1,1): 0..F-1 ]
///   added to the result    row y, columns x and x+1, one run       row y+1, columns x and x+1, one run
/// </code>
/// <para>
/// The product is a matrix product with a column in each lane (see <see cref="MatrixTile{T, TVector, TLanes}"/>); its lanes
/// hold neighbouring taps and filters. The runs are added element by element, a lane each, so that no bit depends on the
/// width of the vectors: an element of the result takes its contributions in the order of the pixels, then of the taps.
/// </para>
/// <para>
/// No sum overflows: integers come here only when the sum of all magnitudes of an output fits its type (SumBounds), which
/// counts every tap of the kernel, and no element of the result takes one twice.
/// </para>
/// </remarks>
/// <typeparam name="TImage">The element of images: 16-bit integers for a matrix of pairs, else that of the matrix.</typeparam>
/// <typeparam name="T">The element of the matrix and of the sums.</typeparam>
internal sealed class TransposedProduct<TImage, T> : ISampleKernel<TImage, T>
    where TImage : unmanaged
    where T : unmanaged, INumber<T>
{
    private const int BlockBytes = 128 * 1024;

    private readonly ConvolutionGeometry _forward;
    private readonly PatchProduct<TImage, T> _product;
    private readonly int _columns;

    /// <summary>A product.</summary>
    /// <param name="forward">The convolution that is transposed: its output is the image here, its input the result.</param>
    /// <param name="matrix">(channels of the image, kernel rows x kernel columns x channels of the result).</param>
    public TransposedProduct(in ConvolutionGeometry forward, PackedMatrix<T> matrix)
    {
        _forward = forward;
        _columns = matrix.Columns;
        Shape image = new(forward.OutputHeight, forward.OutputWidth, forward.OutputChannels);
        ConvolutionGeometry pixels = ConvolutionGeometry.Create(image, (1, 1), (1, 1), (1, 1), Padding.Valid, matrix.Columns);
        _product = new PatchProduct<TImage, T>(new PatchReader<TImage>(pixels, 0, image.Channels, new TImage[image.Channels]), matrix);
    }

    /// <inheritdoc/>
    public int InputSize => _forward.OutputSize;

    /// <inheritdoc/>
    /// <remarks>Lines of the result. A pixel whose stamp reaches beyond those of a part is multiplied for both.</remarks>
    public int Units => _forward.InputHeight;

    /// <inheritdoc/>
    public int UnitSize => _forward.InputWidth * _forward.InputChannels;

    /// <inheritdoc/>
    public int Block => Units;

    /// <inheritdoc/>
    public int BlockEnd(int first, int end) => end;

    /// <inheritdoc/>
    public (int Start, int End) Needs(int first, int end) => TransposedKernel.Needs(_forward, first, end);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<TImage> image, int first, int end, Span<T> sums)
    {
        sums = sums[..((end - first) * UnitSize)];
        sums.Clear();
        (int top, int bottom) = TransposedKernel.Rows(_forward, first, end);
        int stop = bottom * _forward.OutputWidth;
        int block = Math.Clamp(BlockBytes / (_columns * Unsafe.SizeOf<T>()), 1, _product.BlockRows);
        T[] products = ArrayPool<T>.Shared.Rent(block * _columns);
        for (int position = top * _forward.OutputWidth; position < stop; position += block)
        {
            int count = Math.Min(block, stop - position);
            _product.Run(image, position, count, products, _columns);
            for (int i = 0; i < count; i++)
            {
                (int y, int x) = Math.DivRem(position + i, _forward.OutputWidth);
                Scatter(products.AsSpan(i * _columns, _columns), y, x, first, sums);
            }
        }

        ArrayPool<T>.Shared.Return(products);
    }

    /// <summary>Adds the stamp of the pixel at row y, column x to the lines from the first one on, without what falls elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scatter(ReadOnlySpan<T> taps, int y, int x, int first, Span<T> sums)
    {
        int channels = _forward.InputChannels;
        int rowLength = _forward.KernelWidth * channels;
        int left = (x * _forward.StrideWidth) - _forward.PadLeft;
        int lines = sums.Length / UnitSize;
        for (int row = 0; row < _forward.KernelHeight; row++)
        {
            int line = (y * _forward.StrideHeight) - _forward.PadTop + (row * _forward.DilationHeight) - first;
            if ((uint)line >= (uint)lines)
            {
                continue;
            }

            ReadOnlySpan<T> source = taps.Slice(row * rowLength, rowLength);
            Span<T> target = sums.Slice(line * UnitSize, UnitSize);
            if (_forward.DilationWidth == 1)
            {
                int before = Math.Max(-left, 0);
                int end = Math.Min(_forward.KernelWidth, _forward.InputWidth - left);
                if (end > before)
                {
                    Add(source[(before * channels)..(end * channels)], target[((left + before) * channels)..]);
                }

                continue;
            }

            for (int column = 0; column < _forward.KernelWidth; column++)
            {
                int cell = left + (column * _forward.DilationWidth);
                if ((uint)cell < (uint)_forward.InputWidth)
                {
                    Add(source.Slice(column * channels, channels), target[(cell * channels)..]);
                }
            }
        }
    }

    private static void Add(ReadOnlySpan<T> source, Span<T> target) => TensorPrimitives.Add(target[..source.Length], source, target);
}
