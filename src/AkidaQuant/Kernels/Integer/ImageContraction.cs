using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>A convolution of integers held as <typeparamref name="TImage"/> and summed in <typeparamref name="T"/>.</summary>
internal sealed class ImageContraction<TImage, T> : IntegerContraction
    where TImage : unmanaged, INumber<TImage>
    where T : unmanaged, INumber<T>
{
    /// <summary>So much of the input is converted at a time, if it has to be, or one image.</summary>
    private const int ChunkElements = 1 << 15;

    private readonly ConvolutionGeometry _geometry;
    private readonly PackedMatrix<T> _matrix;
    private readonly ShiftedInput _reader;
    private readonly ValueRange? _saturation;
    private readonly int _offset;
    private readonly PatchProduct<TImage, T> _product;

    /// <summary>A convolution.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="padding">What stands outside the image, one value a channel.</param>
    /// <param name="matrix">(kernel rows x kernel columns x channels, filters).</param>
    /// <param name="reader">Brings the input to the type of images.</param>
    /// <param name="saturation">The bounds of sums, if any exceeds them.</param>
    /// <param name="offset">What is added to the input of images of bytes.</param>
    public ImageContraction(
        in ConvolutionGeometry geometry,
        TImage[] padding,
        PackedMatrix<T> matrix,
        ShiftedInput reader,
        ValueRange? saturation,
        int offset = 0)
    {
        _offset = offset;
        _geometry = geometry;
        _matrix = matrix;
        _reader = reader;
        _saturation = saturation;
        PatchReader<TImage> patches = new(geometry, 0, geometry.InputChannels, padding);
        if (patches.IsDirect)
        {
            // Pixels that nothing connects are images of their own, so that few of them are converted at a time.
            Shape pixel = new(1, 1, geometry.InputChannels);
            _geometry = ConvolutionGeometry.Create(pixel, (1, 1), (1, 1), (1, 1), Padding.Valid, geometry.OutputChannels);
            patches = new PatchReader<TImage>(_geometry, 0, geometry.InputChannels, padding);
        }

        _product = new PatchProduct<TImage, T>(patches, matrix, (byte)offset);
        ImagesPerSample = geometry.InputShape.Size / _geometry.InputShape.Size;
    }

    /// <summary>More than one where the pixels of a sample are images of their own.</summary>
    private int ImagesPerSample { get; }

    /// <inheritdoc/>
    public override void Run(IntegerData input, IntegerData output, int samples, WorkShare share, IntegerFinish? finish)
    {
        KernelArguments.ExpectStorage(output, finish?.OutputRange ?? OutputRange);
        int positions = _geometry.OutputHeight * _geometry.OutputWidth;
        ProductPart part = ProductPart.Of(share, samples * ImagesPerSample * positions, _matrix.Columns, _matrix.PanelWidth);
        if (part.Rows == 0 || part.Columns == 0)
        {
            return;
        }

        bool isDirect = finish is null && IntegerSums.WritesDirectly<T>(output);
        T[]? sums = isDirect ? null : ArrayPool<T>.Shared.Rent(_product.BlockElements);
        if (_reader.NeedsScratch<TImage>(input))
        {
            RunConverted(input, output, part, finish, sums);
        }
        else
        {
            IntegerSink<T> sink = new(output, 0, _matrix.Columns, _saturation, finish, sums);
            _product.Run(input.Values<TImage>(input.Capacity), part, ref sink);
        }

        if (sums is not null)
        {
            ArrayPool<T>.Shared.Return(sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunConverted(IntegerData input, IntegerData output, ProductPart part, IntegerFinish? finish, T[]? sums)
    {
        int imageSize = _geometry.InputSize;
        int positions = _geometry.OutputHeight * _geometry.OutputWidth;
        int chunk = Math.Max(ChunkElements / imageSize, 1);
        int end = part.Row + part.Rows;
        TImage[] scratch = ArrayPool<TImage>.Shared.Rent(Math.Min(chunk, (part.Rows + (2 * positions) - 2) / positions) * imageSize);
        for (int image = part.Row / positions; image * positions < end; image += chunk)
        {
            int first = image * positions;
            int from = Math.Max(part.Row - first, 0);
            int to = Math.Min(end - first, chunk * positions);
            int start = FirstElement(from);
            int stop = LastElement(to - 1);
            Span<TImage> images = scratch.AsSpan(0, (((to - 1) / positions) + 1) * imageSize);
            Convert(input, (image * imageSize) + start, images[start..stop]);
            IntegerSink<T> sink = new(output, first, _matrix.Columns, _saturation, finish, sums);
            _product.Run(images, part with { Row = from, Rows = to - from }, ref sink);
        }

        ArrayPool<TImage>.Shared.Return(scratch);
    }

    private void Convert(IntegerData input, int first, Span<TImage> images)
    {
        if (typeof(TImage) == typeof(byte))
        {
            ByteCopy.Read(input, first, _offset, MemoryMarshal.Cast<TImage, byte>(images));
        }
        else
        {
            _ = _reader.Read(input, first, images.Length, images);
        }
    }

    /// <summary>Where the lines of the image begin that the patch at an output position reads.</summary>
    private int FirstElement(int row)
    {
        (int image, int position) = Math.DivRem(row, _geometry.OutputHeight * _geometry.OutputWidth);
        int line = (position / _geometry.OutputWidth * _geometry.StrideHeight) - _geometry.PadTop;
        return ElementOfLine(image, line);
    }

    /// <summary>Where the lines of the image end that the patch at an output position reads.</summary>
    private int LastElement(int row)
    {
        (int image, int position) = Math.DivRem(row, _geometry.OutputHeight * _geometry.OutputWidth);
        int line = (position / _geometry.OutputWidth * _geometry.StrideHeight) - _geometry.PadTop;
        return ElementOfLine(image, line + ((_geometry.KernelHeight - 1) * _geometry.DilationHeight) + 1);
    }

    private int ElementOfLine(int image, int line) =>
        ((image * _geometry.InputHeight) + Math.Clamp(line, 0, _geometry.InputHeight)) * _geometry.InputWidth * _geometry.InputChannels;
}
