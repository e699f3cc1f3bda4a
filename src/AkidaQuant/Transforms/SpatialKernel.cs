using AkidaQuant.Kernels;
using AkidaQuant.Layers;

namespace AkidaQuant.Transforms;

/// <summary>What the layers with a kernel of rows and columns have in common.</summary>
internal static class SpatialKernel
{
    /// <summary>The window of a convolution; null for other layers, and for those whose border has a value of its own.</summary>
    public static ConvolutionWindow? Window(Layer layer) => layer switch
    {
        PaddedConv2D { PaddingValue: not null } => null,
        Conv2D convolution => convolution.Window,
        DepthwiseConv2D depthwise => depthwise.Window,
        SeparableConv2D separable => separable.Window,
        _ => null,
    };

    /// <summary>The sizes of a window over an image with Same padding.</summary>
    public static ConvolutionGeometry Same(ConvolutionWindow window, Shape input, (int Height, int Width) kernelSize) =>
        ConvolutionGeometry.Create(input, kernelSize, window.Strides, window.Dilation, Padding.Same, input.Channels);

    /// <summary>The layer with a larger kernel of Same padding: its own among zeros, from the given row and column on.</summary>
    public static Layer Extend(Layer layer, (int Height, int Width) kernelSize, (int Row, int Column) at) => layer switch
    {
        Conv2D own => own with { Window = Window(own.Window, kernelSize), Kernel = Extend(own.Kernel, kernelSize, at) },
        DepthwiseConv2D own => own with { Window = Window(own.Window, kernelSize), Kernel = Extend(own.Kernel, kernelSize, at) },
        Conv2DTranspose own => own with { Window = Window(own.Window, kernelSize), Kernel = Extend(own.Kernel, kernelSize, at) },
        DepthwiseConv2DTranspose own => own with { Window = Window(own.Window, kernelSize), Kernel = Extend(own.Kernel, kernelSize, at) },
        SeparableConv2D own => own with { Window = Window(own.Window, kernelSize), DepthwiseKernel = Extend(own.DepthwiseKernel, kernelSize, at) },
        _ => throw new InvalidOperationException($"'{layer.Name}' has no kernel of rows and columns."),
    };

    private static ConvolutionWindow Window(ConvolutionWindow window, (int Height, int Width) kernelSize) =>
        window with { KernelSize = kernelSize, Padding = Padding.Same };

    private static TransposedWindow Window(TransposedWindow window, (int Height, int Width) kernelSize) =>
        window with { Forward = Window(window.Forward, kernelSize) };

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
