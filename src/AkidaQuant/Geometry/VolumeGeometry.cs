namespace AkidaQuant.Geometry;

/// <summary>The sizes of a convolution or pooling over time, rows and columns: images for each step, and the steps.</summary>
public readonly record struct VolumeGeometry(
    ConvolutionGeometry Image, int InputSteps, int KernelSteps, int StrideSteps, int DilationSteps, int PadBefore, int OutputSteps)
{
    /// <summary>The shape of one output sample.</summary>
    public Shape OutputShape => Image.OutputShape.Prepend(OutputSteps);

    /// <summary>The products of a sample where every output channel takes all input channels.</summary>
    public long Products => Image.Products * KernelSteps * OutputSteps;

    /// <summary>Works out the padding and output size; the axis of time follows the rule of the others (layers.md 3).</summary>
    /// <exception cref="ArgumentException">
    /// The input is not (time, height, width, channels), or the kernel does not fit into it.
    /// </exception>
    public static VolumeGeometry Create(
        Shape input,
        (int Time, int Height, int Width) kernel,
        (int Time, int Height, int Width) strides,
        (int Time, int Height, int Width) dilation,
        Padding padding,
        int outputChannels)
    {
        if (input.Rank != 4)
        {
            throw new ArgumentException(
                $"The input must have the shape (time, height, width, channels), but it has {input}.",
                nameof(input));
        }

        if (padding is not (Padding.Valid or Padding.Same))
        {
            throw new ArgumentException($"Over time the padding must be Valid or Same, but it is {padding}.", nameof(padding));
        }

        ConvolutionGeometry image = ConvolutionGeometry.Create(
            new Shape(input[1], input[2], input[3]),
            (kernel.Height, kernel.Width), (strides.Height, strides.Width), (dilation.Height, dilation.Width), padding, outputChannels);
        ConvolutionGeometry time = ConvolutionGeometry.Create(
            new Shape(input[0], 1, 1), (kernel.Time, 1), (strides.Time, 1), (dilation.Time, 1), padding, 1);
        return new VolumeGeometry(image, input[0], kernel.Time, strides.Time, dilation.Time, time.PadTop, time.OutputHeight);
    }
}
