using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// The padding of convolutions and of the pools behind them. Windows of Keras follow convert.md 3.4 and 3.5; those
/// that state their pads are compared with what each padding of Akida computes (convert.md 5.6).
/// </summary>
internal static class PaddingRules
{
    private const int UpperStride = 2;

    /// <summary>The padding of the Akida layer: convolutions with a padding value or a 1x1 kernel count as "same".</summary>
    /// <param name="context">The conversion.</param>
    /// <param name="main">The convolution.</param>
    /// <param name="window">How its kernel moves.</param>
    /// <param name="pool">The maximum pool behind it; null for none.</param>
    /// <param name="hasPaddingValue">Whether its border has a value of its own.</param>
    /// <param name="upperKernels">The kernel sizes for which the Akida layer has SameUpper.</param>
    /// <exception cref="QuantException">Akida has no such padding, or not with this kernel, these strides or a pool.</exception>
    public static Padding Of(
        ConversionContext context,
        PlanStep<Node> main,
        ConvolutionWindow window,
        MaxPoolBehind? pool,
        bool hasPaddingValue,
        params int[] upperKernels)
    {
        if (window.Padding is Padding.Same or Padding.Valid)
        {
            return window.Padding == Padding.Same || hasPaddingValue || window.KernelSize == (1, 1) ? Padding.Same : Padding.Valid;
        }

        Shape input = context.Input(main).Shape;
        Padding[] equal = [.. new[] { Padding.Same, Padding.Valid }.Where(padding => window.IsSameOver(input, padding))];
        if (equal is not [])
        {
            return equal.FirstOrDefault(padding => FitsPool(pool, padding), equal[0]);
        }

        if (!window.IsSameOver(input, Padding.SameUpper))
        {
            throw context.Error(
                "AkidaPadding",
                main,
                $"it has {window.PaddingText}, and for its kernel and strides over an input of {input} Akida has {Choices(context, window, input)}. Pad by one of these.");
        }

        RequireUpper(context, main, window, pool, upperKernels);
        return Padding.SameUpper;
    }

    /// <summary>
    /// Refuses a maximum pool whose padding is another than that of the convolution, unless it makes no difference
    /// for its input: pools that cover their input exactly are the same under both paddings.
    /// </summary>
    public static void CheckPool(ConversionContext context, MaxPoolBehind? pool, Padding padding)
    {
        if (pool is not null && !FitsPool(pool, padding))
        {
            string other = new ConvolutionWindow { KernelSize = (1, 1), Padding = padding }.PaddingText;
            throw context.Error(
                "AkidaPoolPadding",
                pool.Step,
                $"its maximum pool has {pool.Window.PaddingText}, but the convolution before it {other}, and over an input of {pool.Input} they differ. Give both the same padding.");
        }
    }

    private static bool FitsPool(MaxPoolBehind? pool, Padding padding) =>
        pool is null || pool.Window.Padding == padding || pool.Window.IsSameOver(pool.Input, padding);

    private static void RequireUpper(
        ConversionContext context,
        PlanStep<Node> main,
        ConvolutionWindow window,
        MaxPoolBehind? pool,
        int[] kernels)
    {
        string upper = $"its padding puts the larger half before the image ({window.PaddingText}), which Akida {(int)context.Version}.0";
        if (kernels is [])
        {
            throw context.Error(
                "AkidaV1SameUpper",
                main,
                $"{upper} does not have. Pad with the larger half behind, or convert to Akida 2.0.");
        }

        if (window.Strides != (UpperStride, UpperStride))
        {
            throw context.Error(
                "AkidaSameUpperStrides",
                main,
                $"{upper} has for strides of {UpperStride} only, but its strides are {window.Strides.Height} and {window.Strides.Width}. Pad with the larger half behind.");
        }

        if (window.KernelSize.Height != window.KernelSize.Width || !kernels.Contains(window.KernelSize.Height))
        {
            throw context.Error(
                "AkidaSameUpperKernel",
                main,
                $"{upper} has here for kernels of {string.Join(", ", kernels.Select(size => $"{size}x{size}"))} only, but its kernel is {window.KernelSize.Height}x{window.KernelSize.Width}. Pad with the larger half behind.");
        }

        if (pool is not null)
        {
            throw context.Error(
                "AkidaSameUpperPool",
                main,
                $"{upper} does not have together with a maximum pool, but {Block.Describe(pool.Step)} pools. Pad with the larger half behind, or put a convolution before the pool.");
        }
    }

    /// <summary>The pads that Akida has, in the order of the window's own.</summary>
    private static string Choices(ConversionContext context, ConvolutionWindow window, Shape input)
    {
        (int rows, int columns) = (
            Total(input[0], window.KernelSize.Height, window.Strides.Height),
            Total(input[1], window.KernelSize.Width, window.Strides.Width));
        EdgePads same = new(rows / 2, columns / 2, rows - (rows / 2), columns - (columns / 2));
        EdgePads upper = new(same.Bottom, same.Right, same.Top, same.Left);
        return context.Version == AkidaVersion.V1 || upper == same || window.Strides != (UpperStride, UpperStride)
            ? $"{same} (Same) and {default(EdgePads)} (Valid)"
            : $"{same} (Same), {upper} (SameUpper) and {default(EdgePads)} (Valid)";
    }

    private static int Total(int size, int kernel, int stride) => Math.Max(kernel - (size % stride == 0 ? stride : size % stride), 0);
}
