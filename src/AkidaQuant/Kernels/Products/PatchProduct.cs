using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkidaQuant.Kernels.Products;

/// <summary>Patches times a packed matrix, a block of rows at a time so that the block stays in the cache.</summary>
/// <remarks>
/// <para>
/// A matrix of pairs takes rows of 16-bit integers two by two as ints: element k of a patch is the low half of int k / 2
/// when k is even, else the high half, as they lie in memory. A patch of an odd number of elements gets one more; what it
/// holds does not matter, since it meets a weight of 0. A matrix of bytes takes four elements as an int likewise.
/// </para>
/// <code>
///   shorts    x0 x1 x2 x3 x4 (x5)
///   ints      [x0|x1] [x2|x3] [x4|x5]
/// </code>
/// <para>
/// What a lane computes with them stands at <see cref="PackedMatrix.OfPairs"/> and <see cref="MatrixTile{T, TVector, TLanes}"/>.
/// </para>
/// <para>
/// A block of rows is multiplied with a few panels at a time, and what comes out is handed on before the next panels: it is small
/// enough for the first-level cache, so that what follows the product reads it from there.
/// </para>
/// </remarks>
/// <typeparam name="TImage">The element of images: 16-bit integers for a matrix of pairs, else that of the matrix.</typeparam>
/// <typeparam name="T">The element of the matrix and of the product.</typeparam>
internal sealed class PatchProduct<TImage, T>
    where TImage : unmanaged
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    /// <summary>So much of a block shares a second-level cache of 256 KiB and more with a panel of weights.</summary>
    private const int BlockBytes = 96 * 1024;

    /// <summary>So much of a product leaves room in a first-level cache of 32 KiB.</summary>
    private const int ProductBytes = 24 * 1024;

    /// <summary>With fewer weights, in ints, looking for zeros would be more than a hundredth of the work.</summary>
    private const int LeastWeights = 2048;

    private readonly PatchReader<TImage> _patches;
    private readonly PackedMatrix<T> _matrix;
    private readonly int _ratio = Unsafe.SizeOf<T>() / Unsafe.SizeOf<TImage>();
    private readonly int _columnsPerBlock;
    private readonly byte _zero;
    private readonly T[]? _zeroSums;

    /// <summary>A product of what the reader lays out and the matrix.</summary>
    /// <param name="patches">Lays out the rows.</param>
    /// <param name="matrix">What they are multiplied with.</param>
    /// <param name="zero">The byte that zeros of images are made of.</param>
    public PatchProduct(PatchReader<TImage> patches, PackedMatrix<T> matrix, byte zero = 0)
    {
        _zero = zero;
        _patches = patches;
        _matrix = matrix;
        int rowsInCache = BlockBytes / (matrix.Depth * Unsafe.SizeOf<T>());
        int rowsOfProduct = Math.Max(ProductBytes / Unsafe.SizeOf<T>() / matrix.Columns, 48);
        BlockRows = Math.Clamp(Math.Min(rowsInCache, rowsOfProduct) / 6 * 6, 6, 384);
        int panels = ProductBytes / Unsafe.SizeOf<T>() / BlockRows / matrix.PanelWidth;
        _columnsPerBlock = Math.Min(Math.Max(panels, 1) * matrix.PanelWidth, matrix.Columns);
        if (typeof(T) == typeof(int) && matrix.Depth * matrix.Columns >= LeastWeights
            && patches.PatchSize * Unsafe.SizeOf<TImage>() >= ZeroTiles<T>.LeastBytes)
        {
            T[] row = new T[matrix.Depth];
            MemoryMarshal.AsBytes(row.AsSpan()).Fill(zero);
            _zeroSums = new T[matrix.Columns + matrix.PanelWidth];
            matrix.Multiply(row, matrix.Depth, _zeroSums, matrix.Columns, 1);
        }
    }

    /// <summary>The number of rows that are computed at a time when there are as many.</summary>
    /// <remarks>A multiple of 6, the rows of the highest tile.</remarks>
    public int BlockRows { get; }

    /// <summary>The most elements that a sink gets at a time.</summary>
    public int BlockElements => BlockRows * _columnsPerBlock;

    /// <summary>Whether an image is read as it lies in memory.</summary>
    /// <remarks>A 1 x 1 convolution is, unless a lane of several elements would reach from one pixel into the next.</remarks>
    private bool IsDirect => _patches.IsDirect && _patches.PatchSize % _ratio == 0;

    /// <summary>Computes the rows from <paramref name="first"/> on, counted through all images.</summary>
    /// <param name="images">Whole images, one after the other.</param>
    /// <param name="first">The first output position.</param>
    /// <param name="count">The number of output positions.</param>
    /// <param name="output">The product, from the first position on.</param>
    /// <param name="outputStride">The distance of output rows.</param>
    public void Run(ReadOnlySpan<TImage> images, int first, int count, Span<T> output, int outputStride)
    {
        WholeRows rows = new(output, outputStride, first);
        Run(images, new ProductPart(first, count, 0, _matrix.Columns), ref rows);
    }

    /// <summary>Computes a part of the product, rows counted through all images.</summary>
    /// <param name="images">Whole images, one after the other.</param>
    /// <param name="part">The rows and columns.</param>
    /// <param name="sink">What the product is handed to, block by block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TSink>(ReadOnlySpan<TImage> images, ProductPart part, ref TSink sink)
        where TSink : struct, IProductSink<T>, allows ref struct
    {
        if (part.Rows == 0 || part.Columns == 0)
        {
            return;
        }

        int stride = _matrix.Depth * _ratio;
        TImage[]? block = IsDirect ? null : ArrayPool<TImage>.Shared.Rent(Math.Min(part.Rows, BlockRows) * stride);
        int end = part.Row + part.Rows;
        for (int row = part.Row; row < end; row += BlockRows)
        {
            int rows = Math.Min(BlockRows, end - row);
            ReadOnlySpan<TImage> left = block;
            if (block is null)
            {
                left = images.Slice(row * stride, rows * stride);
            }
            else
            {
                _patches.Read(images, row, rows, block, stride);
            }

            Multiply(MemoryMarshal.Cast<TImage, T>(left), row, rows, part, ref sink);
        }

        if (block is not null)
        {
            ArrayPool<TImage>.Shared.Return(block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<TSink>(ReadOnlySpan<T> left, int row, int rows, ProductPart part, ref TSink sink)
        where TSink : struct, IProductSink<T>, allows ref struct
    {
        // Only of integers: a float that is no number, times 0, is none either.
        ZeroTiles<T> zeros = _zeroSums is null
            ? default
            : ZeroTiles<T>.Find(
                MemoryMarshal.AsBytes(left),
                rows,
                _matrix.Depth * Unsafe.SizeOf<T>(),
                _patches.PatchSize * Unsafe.SizeOf<TImage>(),
                _zero,
                _zeroSums);
        int end = part.Column + part.Columns;
        for (int column = part.Column; column < end; column += _columnsPerBlock)
        {
            int columns = Math.Min(_columnsPerBlock, end - column);
            Span<T> target = sink.Begin(row, column, columns, out int stride);
            _matrix.Multiply(left, _matrix.Depth, target, stride, rows, column, columns, zeros);
            sink.End(row, rows, column, columns);
        }
    }

    /// <summary>A product that is stored as it is.</summary>
    private readonly ref struct WholeRows(Span<T> output, int outputStride, int first) : IProductSink<T>
    {
        private readonly Span<T> _output = output;

        public Span<T> Begin(int row, int column, int columns, out int stride)
        {
            stride = outputStride;
            return _output[(((row - first) * outputStride) + column)..];
        }

        public void End(int row, int rows, int column, int columns)
        {
        }
    }
}
