namespace AkidaQuant.Kernels;

/// <summary>How the border of an image is treated.</summary>
public enum Padding
{
    /// <summary>No padding: the kernel stays inside.</summary>
    Valid,

    /// <summary>The output has the input's size divided by the stride, rounded up; the larger half of the padding goes behind.</summary>
    Same,
}

/// <summary>The sizes of a two-dimensional convolution or pooling (layers.md 3).</summary>
public readonly record struct ConvolutionGeometry(
    int InputHeight,
    int InputWidth,
    int InputChannels,
    int KernelHeight,
    int KernelWidth,
    int StrideHeight,
    int StrideWidth,
    int DilationHeight,
    int DilationWidth,
    int PadTop,
    int PadLeft,
    int OutputHeight,
    int OutputWidth,
    int OutputChannels)
{
    /// <summary>The shape of one input sample.</summary>
    public Shape InputShape => new(InputHeight, InputWidth, InputChannels);

    /// <summary>The shape of one output sample.</summary>
    public Shape OutputShape => new(OutputHeight, OutputWidth, OutputChannels);

    /// <summary>Works out the padding and output size (layers.md 3).</summary>
    /// <exception cref="ArgumentException">The input is not an image, or the kernel does not fit into it.</exception>
    public static ConvolutionGeometry Create(
        Shape input, (int Height, int Width) kernel, (int Height, int Width) strides, (int Height, int Width) dilation, Padding padding, int outputChannels)
    {
        if (input.Rank != 3)
        {
            throw new ArgumentException($"The input must have the shape (height, width, channels), but it has {input}.", nameof(input));
        }

        (int outputHeight, int padTop) = Axis(input[0], kernel.Height, strides.Height, dilation.Height, padding);
        (int outputWidth, int padLeft) = Axis(input[1], kernel.Width, strides.Width, dilation.Width, padding);
        return new ConvolutionGeometry(
            input[0], input[1], input[2], kernel.Height, kernel.Width, strides.Height, strides.Width,
            dilation.Height, dilation.Width, padTop, padLeft, outputHeight, outputWidth, outputChannels);
    }

    private static (int Output, int Before) Axis(int size, int kernel, int stride, int dilation, Padding padding)
    {
        if (size == Shape.Unknown)
        {
            return (Shape.Unknown, 0);
        }

        int extent = ((kernel - 1) * dilation) + 1;
        if (padding == Padding.Same)
        {
            int same = (size + stride - 1) / stride;
            return (same, Math.Max(((same - 1) * stride) + extent - size, 0) / 2);
        }

        return size >= extent
            ? (((size - extent) / stride) + 1, 0)
            : throw new ArgumentException($"A kernel that spans {extent} does not fit into {size} without padding.");
    }
}
