using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Puts a kernel that processors have not among zeros of one that they have: square, of equal strides, without dilation and padded as
/// they pad (convert.md 3.4, 4.2 to 4.4).
/// </summary>
internal sealed class FitKernels : IRepair
{
    /// <summary>The rules of kernels, strides and pads.</summary>
    internal static readonly string[] Rules =
    [
        "AkidaKernelNotSquare",
        "AkidaStridesNotEqual",
        "AkidaDilation",
        "AkidaPadding",
        "AkidaSameUpperStrides",
        "AkidaSameUpperKernel",
        "AkidaSameUpperPool",
        "AkidaV1SameUpper",
        Judgement.StaysFloat,
    ];

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Problem(node.Name, Rules) is { } problem
                && Window(node.Layer) is { } window
                && Fit(node.Layer, window, model.Plan[node.Inputs[0]].Prepared.Output.Shape) is { } layer
                && Window(layer) is { } fitted)
            {
                editor.Replace(layer);
                string kernel = $"{Describe(fitted)} with padding {Name(fitted.Padding)}";
                context.Changed(problem, node.Name, $"has its kernel among zeros of one of {kernel}");
            }
        }

        return editor.Build();
    }

    private static string Describe(ConvolutionWindow window) =>
        $"{window.KernelSize.Height}x{window.KernelSize.Width} and stride {window.Strides.Height}";

    private static string Name(Padding padding) => padding == Padding.Valid ? "'valid'" : "'same'";

    /// <summary>The window of a convolution, whatever its border; null for other layers.</summary>
    internal static ConvolutionWindow? Window(Layer layer) => layer switch
    {
        Conv2D convolution => convolution.Window,
        DepthwiseConv2D depthwise => depthwise.Window,
        SeparableConv2D separable => separable.Window,
        _ => null,
    };

    /// <summary>Whether processors have a kernel that computes a convolution over images of some shape.</summary>
    internal static bool Fits(Layer convolution, Shape input) =>
        Window(convolution) is { } window && (window.IsSameOver(input, Padding.Same)
            || (window.IsSameOver(input, Padding.Valid) && window.KernelSize.Height == window.KernelSize.Width)
            || Fit(convolution, window, input) is not null);

    /// <summary>The layer with a window that processors have, of the least kernel; null when there is none.</summary>
    private static Layer? Fit(Layer layer, ConvolutionWindow window, Shape input)
    {
        bool hasBorder = layer is PaddedConv2D { PaddingValue: not null };
        return Fit(layer, window.Over(layer, input, input.Channels, hasBorder), window.Padding == Padding.Valid && !hasBorder);
    }

    /// <summary>The layer with the least kernel that gives the same over its input; null when there is none.</summary>
    /// <param name="layer">The layer, with its own kernel.</param>
    /// <param name="own">What it takes from where.</param>
    /// <param name="isValid">Whether it pads nothing, as processors can with a square kernel.</param>
    public static Layer? Fit(Layer layer, ConvolutionGeometry own, bool isValid)
    {
        ConvolutionWindow window = Window(layer)!;
        (int rows, int columns) = (Extent(own.KernelHeight, own.DilationHeight), Extent(own.KernelWidth, own.DilationWidth));
        if (Stride(own) is not { } stride)
        {
            return null;
        }

        own = own with
        {
            KernelHeight = rows,
            KernelWidth = columns,
            StrideHeight = stride,
            StrideWidth = stride,
            DilationHeight = 1,
            DilationWidth = 1,
        };
        Layer spread = Spread(layer, window with { KernelSize = (rows, columns), Strides = (stride, stride), Dilation = (1, 1) });
        int largest = Math.Max(rows, columns);
        if (isValid && (largest == rows || Outputs(own.InputHeight, largest, stride) == own.OutputHeight)
            && (largest == columns || Outputs(own.InputWidth, largest, stride) == own.OutputWidth))
        {
            return SpatialKernel.WithPadding(SpatialKernel.Extend(spread, (largest, largest), (0, 0)), Padding.Valid);
        }

        int most = (2 * (largest + Math.Max(Math.Abs(own.PadTop), Math.Abs(own.PadLeft)))) + stride + 1;
        for (int size = largest + 1 - (largest % 2); size <= most; size += 2)
        {
            if (SpatialKernel.Place(own, (size, size)) is { } place)
            {
                return SpatialKernel.Extend(spread, (size, size), place);
            }
        }

        return null;
    }

    /// <summary>The outputs along an axis without padding; none where the kernel is larger than the image.</summary>
    private static int Outputs(int size, int kernel, int stride) => size < kernel ? 0 : ((size - kernel) / stride) + 1;

    private static int Extent(int kernel, int dilation) => ((kernel - 1) * dilation) + 1;

    /// <summary>The stride of both axes: along one of a single output any does as well.</summary>
    private static int? Stride(ConvolutionGeometry own) =>
        own.StrideHeight == own.StrideWidth || own.OutputWidth == 1 ? own.StrideHeight
        : own.OutputHeight == 1 ? own.StrideWidth
        : null;

    /// <summary>The layer with another window, whose kernel has zeros where the dilation of its own skips.</summary>
    private static Layer Spread(Layer layer, ConvolutionWindow window) => layer switch
    {
        Conv2D own => own with { Window = window, Kernel = Spread(own.Kernel, own.Window.Dilation, window.KernelSize) },
        DepthwiseConv2D own => own with { Window = window, Kernel = Spread(own.Kernel, own.Window.Dilation, window.KernelSize) },
        SeparableConv2D own => own with
        {
            Window = window,
            DepthwiseKernel = Spread(own.DepthwiseKernel, own.Window.Dilation, window.KernelSize),
        },
        _ => throw new InvalidOperationException($"'{layer.Name}' has no kernel of rows and columns."),
    };

    private static NdArray<float> Spread(NdArray<float> kernel, (int Height, int Width) dilation, (int Height, int Width) size)
    {
        if (dilation == (1, 1))
        {
            return kernel;
        }

        int tap = kernel.Shape[2] * kernel.Shape[3];
        float[] values = new float[size.Height * size.Width * tap];
        for (int y = 0; y < kernel.Shape[0]; y++)
        {
            for (int x = 0; x < kernel.Shape[1]; x++)
            {
                int to = ((y * dilation.Height * size.Width) + (x * dilation.Width)) * tap;
                kernel.Values.AsSpan(((y * kernel.Shape[1]) + x) * tap, tap).CopyTo(values.AsSpan(to));
            }
        }

        return new NdArray<float>(new Shape(size.Height, size.Width, kernel.Shape[2], kernel.Shape[3]), values);
    }
}
