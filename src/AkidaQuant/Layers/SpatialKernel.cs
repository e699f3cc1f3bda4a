using AkidaQuant.Geometry;

namespace AkidaQuant.Layers;

/// <summary>What the layers with a kernel of rows and columns have in common.</summary>
internal static class SpatialKernel
{
    /// <summary>The window of a float convolution; null for other layers, and for those whose border has a value of its own.</summary>
    public static ConvolutionWindow? Window(Layer layer) => layer switch
    {
        PaddedConv2D { PaddingValue: not null } => null,
        Conv2D convolution => convolution.Window,
        DepthwiseConv2D depthwise => depthwise.Window,
        SeparableConv2D separable => separable.Window,
        _ => null,
    };

    /// <summary>A kernel of one cell, of shape (1, 1, channels, channels), that gives every channel times its factor.</summary>
    public static NdArray<float> Diagonal(float[] factors) =>
        DiagonalMatrix.Of(factors) with { Shape = new Shape(1, 1, factors.Length, factors.Length) };

    /// <summary>
    /// The row and column from which a larger kernel of Same padding, zero elsewhere, holds a kernel so that the
    /// same values meet the same weights; null when there is no such place.
    /// </summary>
    /// <param name="own">The sizes of the kernel over its input.</param>
    /// <param name="kernelSize">Rows and columns of the larger one.</param>
    public static (int Row, int Column)? Place(in ConvolutionGeometry own, (int Height, int Width) kernelSize)
    {
        ConvolutionGeometry same = ConvolutionGeometry.Create(
            own.InputShape,
            kernelSize,
            (own.StrideHeight, own.StrideWidth),
            (own.DilationHeight, own.DilationWidth),
            Padding.Same,
            own.OutputChannels);
        (int row, int rowRest) = Math.DivRem(same.PadTop - own.PadTop, own.DilationHeight);
        (int column, int columnRest) = Math.DivRem(same.PadLeft - own.PadLeft, own.DilationWidth);
        return own.OutputShape == same.OutputShape
            && rowRest == 0 && row >= 0 && row <= kernelSize.Height - own.KernelHeight
            && columnRest == 0 && column >= 0 && column <= kernelSize.Width - own.KernelWidth
            ? (row, column) : null;
    }

    /// <summary>
    /// The least kernel of Same padding that holds a kernel among zeros, and where: of the kernel's own size, or of
    /// the odd square ones above, which are those that processors have. Null when none does.
    /// </summary>
    public static ((int Height, int Width) Size, (int Row, int Column) Place)? Fit(in ConvolutionGeometry own)
    {
        foreach ((int Height, int Width) size in Sizes(own))
        {
            if (Place(own, size) is { } place)
            {
                return (size, place);
            }
        }

        return null;
    }

    /// <summary>The layer with a larger kernel of Same padding: its own among zeros, from the given row and column on.</summary>
    public static Layer Extend(Layer layer, (int Height, int Width) kernelSize, (int Row, int Column) at)
    {
        return layer switch
        {
            PaddedConv2D { PaddingValue: not null } own => own with
            {
                Window = Larger(own.Window).ForBorderValue(),
                Kernel = Extended(own.Kernel),
            },
            Conv2D own => own with { Window = Larger(own.Window), Kernel = Extended(own.Kernel) },
            DepthwiseConv2D own => own with { Window = Larger(own.Window), Kernel = Extended(own.Kernel) },
            Conv2DTranspose own => own with
            {
                Window = own.Window with { Forward = Larger(own.Window.Forward) },
                Kernel = Extended(own.Kernel),
            },
            DepthwiseConv2DTranspose own => own with
            {
                Window = own.Window with { Forward = Larger(own.Window.Forward) },
                Kernel = Extended(own.Kernel),
            },
            SeparableConv2D own => own with { Window = Larger(own.Window), DepthwiseKernel = Extended(own.DepthwiseKernel) },
            QuantizedConv2D { PaddingValue: not null } own => own with
            {
                Window = Larger(own.Window).ForBorderValue(),
                Kernel = Extended(own.Kernel),
            },
            QuantizedConv2D own => own with { Window = Larger(own.Window), Kernel = Extended(own.Kernel) },
            QuantizedDepthwiseConv2D own => own with { Window = Larger(own.Window), Kernel = Extended(own.Kernel) },
            QuantizedSeparableConv2D own => own with { Window = Larger(own.Window), DepthwiseKernel = Extended(own.DepthwiseKernel) },
            _ => throw new InvalidOperationException($"'{layer.Name}' has no kernel of rows and columns."),
        };

        ConvolutionWindow Larger(ConvolutionWindow window) =>
            window with
            {
                KernelSize = kernelSize,
                Padding = Padding.Same,
                Pads = default,
            };

        NdArray<float> Extended(NdArray<float> kernel) => Extend(kernel, kernelSize, at);
    }

    /// <summary>A float convolution with another padding, for explicit ones with the amounts.</summary>
    public static Layer WithPadding(Layer layer, Padding padding, EdgePads pads = default)
    {
        return layer switch
        {
            Conv2D own => own with { Window = Set(own.Window) },
            DepthwiseConv2D own => own with { Window = Set(own.Window) },
            SeparableConv2D own => own with { Window = Set(own.Window) },
            _ => throw new InvalidOperationException($"'{layer.Name}' has no kernel of rows and columns."),
        };

        ConvolutionWindow Set(ConvolutionWindow window) => window with { Padding = padding, Pads = pads };
    }

    private static IEnumerable<(int Height, int Width)> Sizes(ConvolutionGeometry own)
    {
        (int height, int width) = (own.KernelHeight, own.KernelWidth);
        yield return (height, width);
        if (height != width || own.DilationHeight != 1 || own.DilationWidth != 1)
        {
            yield break;
        }

        int most = (2 * height) + Math.Max(own.StrideHeight, own.StrideWidth);
        for (int size = height + 1 + (height % 2); size <= most; size += 2)
        {
            yield return (size, size);
        }
    }

    private static NdArray<float> Extend(NdArray<float> kernel, (int Height, int Width) size, (int Row, int Column) at)
    {
        Shape shape = new(size.Height, size.Width, kernel.Shape[2], kernel.Shape[3]);
        if (shape == kernel.Shape)
        {
            return kernel;
        }

        int tap = kernel.Shape[2] * kernel.Shape[3];
        int row = kernel.Shape[1] * tap;
        float[] values = new float[shape.Size];
        for (int y = 0; y < kernel.Shape[0]; y++)
        {
            kernel.Values.AsSpan(y * row, row).CopyTo(values.AsSpan((((at.Row + y) * size.Width) + at.Column) * tap));
        }

        return new NdArray<float>(shape, values);
    }
}
