using AkidaQuant.Geometry;

namespace AkidaQuant.Layers.Integers;

/// <summary>A transposed convolution of given integers, cropped by given amounts on each side (onnx.md 7.4).</summary>
public abstract record IntegerTransposedLayer : IntegerWeightedLayer
{
    /// <summary>Steps between the places of neighbouring pixels.</summary>
    public required (int Height, int Width) Strides { get; init; }

    /// <summary>Rows and columns that are cut off.</summary>
    public required EdgePads Crop { get; init; }

    /// <summary>Rows and columns of the kernel.</summary>
    public (int Height, int Width) KernelSize => (Kernel.Shape[0], Kernel.Shape[1]);

    /// <summary>The convolution whose transposition this is: its output is the input here, its input the output.</summary>
    /// <exception cref="QuantException">The input is not such an image, or nothing of the output is left.</exception>
    /// <exception cref="OverflowException">The output has more rows or columns than fit.</exception>
    protected ConvolutionGeometry Forward(Shape input, int channels, int filters)
    {
        ExpectImage(input, channels);
        ConvolutionWindow window = new() { KernelSize = KernelSize, Strides = Strides, Padding = Padding.Explicit, Pads = Crop };
        int height = checked(((input[0] - 1) * Strides.Height) + KernelSize.Height - Crop.Top - Crop.Bottom);
        int width = checked(((input[1] - 1) * Strides.Width) + KernelSize.Width - Crop.Left - Crop.Right);
        return height > 0 && width > 0
            ? window.Over(this, new Shape(height, width, filters), channels)
            : throw DoesNotFit($"of its output over an input of {input} nothing is left once {Crop} is cut off. Crop less.");
    }
}
