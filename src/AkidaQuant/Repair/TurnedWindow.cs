using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Repair;

/// <summary>
/// Layers that move over an image, for the image turned by 180 degrees. What was read behind the image is read before it then: with
/// n cells, m outputs of stride s, a kernel that spans k and p cells of padding before, it is s(m - 1) + k - n - p cells, fewer than none
/// where the last cells were not read.
/// </summary>
internal static class TurnedWindow
{
    /// <summary>Kernels do not grow beyond those that processors have (akida-model.md 2).</summary>
    private const int MostKernel = 7;

    /// <summary>
    /// The convolution with its kernel turned, among zeros where that gives it a padding that Akida has; null where none does.
    /// </summary>
    /// <param name="layer">A float convolution with a window.</param>
    /// <param name="input">Its input.</param>
    public static Layer? OfConvolution(Layer layer, Shape input)
    {
        // A border with a value of its own has the amounts of "same" where it reads "valid".
        bool hasBorder = layer is PaddedConv2D { PaddingValue: not null };
        ConvolutionWindow window = hasBorder ? ((PaddedConv2D)layer).Window : SpatialKernel.Window(layer)!;
        ConvolutionGeometry turned = Turned(window.Over(layer, input, input.Channels, hasBorder));
        Layer flipped = layer switch
        {
            Conv2D own => own with { Kernel = Flipped(own.Kernel) },
            DepthwiseConv2D own => own with { Kernel = Flipped(own.Kernel) },
            _ => (SeparableConv2D)layer with { DepthwiseKernel = Flipped(((SeparableConv2D)layer).DepthwiseKernel) },
        };
        bool isPointwise = window.KernelSize == (1, 1);
        if (!hasBorder && Is(turned, window, Padding.Valid))
        {
            return isPointwise ? layer : SpatialKernel.WithPadding(flipped, Padding.Valid);
        }

        return SpatialKernel.Fit(turned) is var (size, place) && size.Height <= Math.Max(MostKernel, turned.KernelHeight)
            ? SpatialKernel.Extend(flipped, size, place)
            : hasBorder ? null : Unpadded(flipped, window, turned);
    }

    /// <summary>
    /// The convolution with a larger kernel that needs no padding: the first rows and columns of the turned image, which it leaves
    /// out, meet zeros. Null where there is none.
    /// </summary>
    private static Layer? Unpadded(Layer flipped, ConvolutionWindow window, in ConvolutionGeometry turned)
    {
        (int row, int column) = (-turned.PadTop, -turned.PadLeft);
        (int height, int width) = window.KernelSize;
        for (int size = Math.Max(height, width) | 1; size <= MostKernel && window.Dilation == (1, 1); size += 2)
        {
            ConvolutionWindow larger = window with { KernelSize = (size, size) };
            if (row >= 0 && column >= 0 && row + height <= size && column + width <= size
                && Is(turned with { PadTop = 0, PadLeft = 0 }, larger, Padding.Valid))
            {
                return SpatialKernel.WithPadding(SpatialKernel.Extend(flipped, (size, size), (row, column)), Padding.Valid);
            }
        }

        return null;
    }

    /// <summary>The window of a pool over the turned image; null where no padding of Akida is what it needs.</summary>
    public static ConvolutionWindow? OfPool(ConvolutionWindow window, Layer layer, Shape input)
    {
        ConvolutionGeometry turned = Turned(window.OverPool(layer, input));
        Padding[] paddings = window.Padding == Padding.Valid ? [Padding.Valid, Padding.Same] : [Padding.Same, Padding.Valid];
        foreach (Padding padding in paddings)
        {
            if (Is(turned, window, padding))
            {
                return window with { Padding = padding, Pads = default };
            }
        }

        return null;
    }

    /// <summary>The dense layer for a row of the turned image, whose rows of weights go the other way, cell by cell.</summary>
    public static Dense OfRows(Dense dense, int channels)
    {
        int cell = channels * dense.Units;
        return dense with { Kernel = new NdArray<float>(dense.Kernel.Shape, Reversed(dense.Kernel.Values, cell)) };
    }

    private static ConvolutionGeometry Turned(in ConvolutionGeometry own) => own with
    {
        PadTop = Before(own.InputHeight, own.KernelHeight, own.StrideHeight, own.DilationHeight, own.PadTop, own.OutputHeight),
        PadLeft = Before(own.InputWidth, own.KernelWidth, own.StrideWidth, own.DilationWidth, own.PadLeft, own.OutputWidth),
    };

    private static int Before(int size, int kernel, int stride, int dilation, int before, int outputs) =>
        ((outputs - 1) * stride) + ((kernel - 1) * dilation) + 1 - size - before;

    private static bool Is(in ConvolutionGeometry turned, ConvolutionWindow window, Padding padding)
    {
        try
        {
            ConvolutionGeometry other = ConvolutionGeometry.Create(
                turned.InputShape, window.KernelSize, window.Strides, window.Dilation, padding, turned.OutputChannels);
            return (other.PadTop, other.PadLeft, other.OutputShape) == (turned.PadTop, turned.PadLeft, turned.OutputShape);
        }
        catch (ArgumentException)
        {
            // The kernel is larger than the image without its pads.
            return false;
        }
    }

    /// <summary>A kernel (rows, columns, …) with both reversed.</summary>
    public static NdArray<float> Flipped(NdArray<float> kernel) => kernel.Shape[0] * kernel.Shape[1] == 1
        ? kernel
        : new NdArray<float>(kernel.Shape, Reversed(kernel.Values, kernel.Shape[2] * kernel.Shape[3]));

    /// <summary>Values in the reverse order of their cells, each cell as it is.</summary>
    private static float[] Reversed(float[] values, int cell)
    {
        float[] reversed = new float[values.Length];
        for (int from = 0; from < values.Length; from += cell)
        {
            Array.Copy(values, from, reversed, values.Length - cell - from, cell);
        }

        return reversed;
    }
}
