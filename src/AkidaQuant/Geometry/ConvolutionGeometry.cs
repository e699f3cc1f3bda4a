namespace AkidaQuant.Geometry;

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

    /// <summary>The products of a sample where every output channel takes all input channels.</summary>
    public long Products => ChannelProducts * InputChannels;

    /// <summary>The products of a sample where every output channel takes one input channel.</summary>
    public long ChannelProducts => (long)OutputHeight * OutputWidth * OutputChannels * KernelHeight * KernelWidth;

    /// <summary>Whether every output is of the one cell of the input at its own place.</summary>
    public bool IsPointwise =>
        (KernelHeight, KernelWidth, StrideHeight, StrideWidth) == (1, 1, 1, 1)
        && (PadTop, PadLeft, OutputHeight, OutputWidth) == (0, 0, InputHeight, InputWidth);

    /// <summary>
    /// The number of elements of one input sample. Unlike a shape it takes no memory, so that kernels may ask in every call.
    /// </summary>
    /// <exception cref="OverflowException">It does not fit 31 bits.</exception>
    public int InputSize => checked(InputHeight * InputWidth * InputChannels);

    /// <summary>The number of elements of one output sample.</summary>
    /// <exception cref="OverflowException">It does not fit 31 bits.</exception>
    public int OutputSize => checked(OutputHeight * OutputWidth * OutputChannels);

    /// <summary>Whether every window has a cell inside the image; only given amounts of padding can be too large for that.</summary>
    public bool MeetsImageEverywhere =>
        Meets(InputHeight, KernelHeight, StrideHeight, DilationHeight, PadTop, OutputHeight)
        && Meets(InputWidth, KernelWidth, StrideWidth, DilationWidth, PadLeft, OutputWidth);

    /// <summary>Works out the padding and output size (layers.md 3).</summary>
    /// <param name="input">Height, width and channels.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="strides">Steps between outputs.</param>
    /// <param name="dilation">Steps between the taps of the kernel.</param>
    /// <param name="padding">How the border is treated.</param>
    /// <param name="outputChannels">Channels of the output.</param>
    /// <param name="pads">The amounts of <see cref="Padding.Explicit"/>; the other paddings have their own.</param>
    /// <exception cref="ArgumentException">The input is not an image, or the kernel does not fit into it.</exception>
    public static ConvolutionGeometry Create(
        Shape input,
        (int Height, int Width) kernel,
        (int Height, int Width) strides,
        (int Height, int Width) dilation,
        Padding padding,
        int outputChannels,
        EdgePads pads = default)
    {
        if (input.Rank != 3)
        {
            throw new ArgumentException($"The input must have the shape (height, width, channels), but it has {input}.", nameof(input));
        }

        (int outputHeight, int padTop) = Axis(input[0], kernel.Height, strides.Height, dilation.Height, padding, (pads.Top, pads.Bottom));
        (int outputWidth, int padLeft) = Axis(input[1], kernel.Width, strides.Width, dilation.Width, padding, (pads.Left, pads.Right));
        return new ConvolutionGeometry(
            input[0], input[1], input[2], kernel.Height, kernel.Width, strides.Height, strides.Width,
            dilation.Height, dilation.Width, padTop, padLeft, outputHeight, outputWidth, outputChannels);
    }

    private static bool Meets(int size, int kernel, int stride, int dilation, int before, int output)
    {
        for (int i = 0; i < output; i++)
        {
            int start = (i * stride) - before;
            int first = start >= 0 ? start : start + ((-start + dilation - 1) / dilation * dilation);
            if (first >= size || first > start + ((kernel - 1) * dilation))
            {
                return false;
            }
        }

        return true;
    }

    private static (int Output, int Before) Axis(
        int size,
        int kernel,
        int stride,
        int dilation,
        Padding padding,
        (int Before, int After) pads)
    {
        if (size == Shape.Unknown)
        {
            return (Shape.Unknown, 0);
        }

        int extent = ((kernel - 1) * dilation) + 1;
        if (padding is Padding.Same or Padding.SameUpper)
        {
            int same = (size + stride - 1) / stride;
            int total = Math.Max(((same - 1) * stride) + extent - size, 0);
            return (same, padding == Padding.Same ? total / 2 : total - (total / 2));
        }

        (int before, int after) = padding == Padding.Explicit ? pads : default;
        long padded = (long)size + before + after;
        return padded < extent
                ? throw new ArgumentException(
                    $"A kernel that spans {extent} does not fit into {padded} {(padded == size ? "without padding" : "with its padding")}.")
            : padded > int.MaxValue
            ? throw new ArgumentException($"{size} and a padding of {before} and {after} are too many rows or columns.")
            : ((int)((padded - extent) / stride) + 1, before);
    }
}
