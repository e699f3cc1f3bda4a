using AkidaQuant.Kernels;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>Finds the padding of Akida that does what the pads of a node do, to its pool as well (convert.md 5.6 and 8.7).</summary>
internal static class IntegerPadding
{
    private const int UpperStride = 2;

    /// <summary>The padding; a node pads and pools by given amounts, which count only as far as they are read.</summary>
    /// <param name="context">The conversion.</param>
    /// <param name="step">The convolution.</param>
    /// <param name="upperKernels">The kernels for which the Akida layer has SameUpper.</param>
    /// <exception cref="QuantException">Akida has no such padding, or not together with the pool.</exception>
    public static Padding Of(ConversionContext context, PlanStep step, params int[] upperKernels)
    {
        var layer = (IntegerSpatialLayer)step.Node.Layer;
        Shape input = context.Input(step).Shape;
        ConvolutionGeometry own = layer.Window.Over(layer, input, input.Channels);
        Padding[] equal = [.. new[] { Padding.Same, Padding.SameUpper, Padding.Valid }.Where(padding => Over(layer.Window, input, padding) == own)];
        if (equal is [])
        {
            throw context.Error(
                "AkidaPadding", step, $"it has the pads {layer.Window.Pads} for its kernel and strides over an input of {input}, and Akida has only those of 'same', half of them on each side, and none. Pad by one of these.");
        }

        if (layer.Tail.Pool is not { } pool)
        {
            return equal[0] != Padding.SameUpper ? equal[0] : Upper(context, step, layer.Window, upperKernels);
        }

        ConvolutionGeometry ownPool = pool.Over(layer, own.OutputShape, input.Channels);
        int found = Array.FindIndex(equal, padding => padding != Padding.SameUpper && Over(pool, own.OutputShape, padding) == ownPool);
        return found >= 0 ? equal[found] : throw context.Error(
            "AkidaPoolPadding",
            step,
            $"it has the pads {layer.Window.Pads} for its convolution and {pool.Pads} for its maximum pool, and over an input of {input} Akida pads both alike: by 'same', the larger half behind, or not at all. Give both the same padding.");
    }

    private static Padding Upper(ConversionContext context, PlanStep step, ConvolutionWindow window, int[] kernels) =>
        window.Strides == (UpperStride, UpperStride) && kernels.Contains(window.KernelSize.Height)
            ? Padding.SameUpper
            : throw context.Error(
                "AkidaSameUpper",
                step,
                $"its pads {window.Pads} put the larger half before the image, which Akida has here for strides of {UpperStride} and kernels of {string.Join(", ", kernels.Select(size => $"{size}x{size}"))} only, but its strides are {window.Strides.Height} and {window.Strides.Width} and its kernel is {window.KernelSize.Height}x{window.KernelSize.Width}. Pad with the larger half behind.");

    private static ConvolutionGeometry? Over(ConvolutionWindow window, Shape input, Padding padding)
    {
        try
        {
            return ConvolutionGeometry.Create(input, window.KernelSize, window.Strides, window.Dilation, padding, input.Channels);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
