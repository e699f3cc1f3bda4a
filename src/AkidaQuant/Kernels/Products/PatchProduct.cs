using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkidaQuant.Kernels.Products;

/// <summary>Patches times a packed matrix, a block of rows at a time so that the block stays in the cache.</summary>
/// <remarks>
/// A matrix of pairs takes rows of 16-bit integers two by two as ints: element k of a patch is the low half of int k / 2
/// when k is even, else the high half, as they lie in memory. A patch of an odd number of elements gets one more; what it
/// holds does not matter, since it meets a weight of 0.
/// <code>
///   shorts    x0 x1 x2 x3 x4 (x5)
///   ints      [x0|x1] [x2|x3] [x4|x5]
/// </code>
/// What a lane computes with them stands at <see cref="PackedMatrix.OfPairs"/> and <see cref="MatrixTile{T, TVector, TLanes}"/>.
/// </remarks>
/// <typeparam name="TImage">The element of images: 16-bit integers for a matrix of pairs, else that of the matrix.</typeparam>
/// <typeparam name="T">The element of the matrix and of the product.</typeparam>
internal sealed class PatchProduct<TImage, T>(PatchReader<TImage> patches, PackedMatrix<T> matrix)
    where TImage : unmanaged
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    /// <summary>So much of a block shares a second-level cache of 256 KiB and more with a panel of weights.</summary>
    private const int BlockBytes = 96 * 1024;

    private readonly int _ratio = Unsafe.SizeOf<T>() / Unsafe.SizeOf<TImage>();

    /// <summary>The number of rows that <see cref="Run"/> computes at a time when asked for all.</summary>
    /// <remarks>A multiple of 6, the rows of the highest tile.</remarks>
    public int BlockRows { get; } = Math.Clamp(BlockBytes / (matrix.Depth * Unsafe.SizeOf<T>()) / 6 * 6, 6, 384);

    /// <summary>Computes the rows from <paramref name="first"/> on, counted through all images.</summary>
    /// <param name="images">Whole images, one after the other.</param>
    /// <param name="first">The first output position.</param>
    /// <param name="count">The number of output positions.</param>
    /// <param name="output">The product, from the first position on.</param>
    /// <param name="outputStride">The distance of output rows.</param>
    public void Run(ReadOnlySpan<TImage> images, int first, int count, Span<T> output, int outputStride)
    {
        // A 1 x 1 convolution: the image is its own patches, unless a pair would reach from one pixel into the next.
        if (patches.IsDirect && patches.PatchSize % _ratio == 0)
        {
            ReadOnlySpan<T> rows = MemoryMarshal.Cast<TImage, T>(images.Slice(first * patches.PatchSize, count * patches.PatchSize));
            for (int row = 0; row < count; row += BlockRows)
            {
                int rowCount = Math.Min(BlockRows, count - row);
                matrix.Multiply(rows[(row * matrix.Depth)..], matrix.Depth, output[(row * outputStride)..], outputStride, rowCount);
            }

            return;
        }

        int stride = matrix.Depth * _ratio;
        TImage[] block = ArrayPool<TImage>.Shared.Rent(Math.Min(count, BlockRows) * stride);
        for (int row = 0; row < count; row += BlockRows)
        {
            int rows = Math.Min(BlockRows, count - row);
            patches.Read(images, first + row, rows, block, stride);
            ReadOnlySpan<T> left = MemoryMarshal.Cast<TImage, T>(block.AsSpan());
            matrix.Multiply(left, matrix.Depth, output[(row * outputStride)..], outputStride, rows);
        }

        ArrayPool<TImage>.Shared.Return(block);
    }
}
