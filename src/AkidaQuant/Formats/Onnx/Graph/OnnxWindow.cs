using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Reads how the kernel of a convolution or pool moves: its size, strides, dilations and pads.</summary>
internal static class OnnxWindow
{
    private const int Most = 4096;

    /// <summary>
    /// The window of a node over images of two axes, whose pads have the name that Keras knows where that gives the same.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="image">The shape of its input (rows, columns, channels).</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="more">Pads of a Pad node before it, to be added.</param>
    /// <exception cref="QuantException">An attribute is out of range.</exception>
    public static ConvolutionWindow Read(OnnxNode node, Shape image, (int Height, int Width) kernel, EdgePads more = default) =>
        Simplest(image, ReadStated(node, image, kernel, more));

    /// <summary>The window of a node with its pads as they are stated.</summary>
    /// <exception cref="QuantException">An attribute is out of range.</exception>
    public static ConvolutionWindow ReadStated(OnnxNode node, Shape image, (int Height, int Width) kernel, EdgePads more = default)
    {
        (int, int) strides = Pair(node, "strides");
        (int, int) dilation = Pair(node, "dilations");
        Shape padded = new(image[0] + more.Top + more.Bottom, image[1] + more.Left + more.Right, image.Channels);
        EdgePads pads = ReadPads(node, padded, kernel, strides, dilation);
        EdgePads sum = new(pads.Top + more.Top, pads.Left + more.Left, pads.Bottom + more.Bottom, pads.Right + more.Right);
        return new ConvolutionWindow
        {
            KernelSize = kernel,
            Strides = strides,
            Dilation = dilation,
            Padding = Padding.Explicit,
            Pads = sum,
        };
    }

    /// <summary>The size of a kernel, which its weights have and the node may repeat.</summary>
    /// <exception cref="QuantException">The node says another.</exception>
    public static (int Height, int Width) KernelSize(OnnxNode node, Shape weights)
    {
        (int, int) size = (weights[2], weights[3]);
        return !node.HasAttribute("kernel_shape") || Pair(node, "kernel_shape") == size
            ? size
            : throw node.Error(
                "OnnxShapeMismatch",
                $"its kernel_shape is {Pair(node, "kernel_shape")}, but its weights have the shape {weights}. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
    }

    /// <summary>The size of a pool.</summary>
    public static (int Height, int Width) PoolSize(OnnxNode node) =>
        node.HasAttribute("kernel_shape")
            ? Pair(node, "kernel_shape")
            : throw node.Error(
                "OnnxAttributeMissing",
                "it doesn't say the size of its pool. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);

    /// <summary>Two positive integers; ones unless given.</summary>
    public static (int Height, int Width) Pair(OnnxNode node, string name) =>
        node.Ints(name) switch
        {
            null => (1, 1),
            [> 0 and <= Most and var height, > 0 and <= Most and var width] => ((int)height, (int)width),
            var other => throw node.Error(
                "OnnxAttributeInvalid",
                $"its attribute '{name}' is ({string.Join(", ", other)}), and two numbers from 1 to {Most} are needed: only images are convolved and pooled here"),
        };

    /// <summary>Four amounts that are not negative, in the order of ONNX; zeros unless given.</summary>
    public static EdgePads Pads(OnnxNode node) =>
        node.Ints("pads") switch
        {
            null => default,
            [
                >= 0
                and <= Most
                and var top,
                >= 0
                and <= Most
                and var left,
                >= 0
                and <= Most
                and var bottom,
                >= 0
                and <= Most
                and var right,
            ] => new EdgePads((int)top, (int)left, (int)bottom, (int)right),
            var other => throw node.Error(
                "OnnxAttributeInvalid",
                $"its pads are ({string.Join(", ", other)}), and four numbers from 0 to {Most} are needed"),
        };

    private static EdgePads ReadPads(
        OnnxNode node,
        Shape image,
        (int Height, int Width) kernel,
        (int Height, int Width) strides,
        (int Height, int Width) dilation)
    {
        string rule = node.Text("auto_pad", "NOTSET");
        if (rule is "NOTSET" or "")
        {
            return Pads(node);
        }

        if (rule is not ("SAME_UPPER" or "SAME_LOWER" or "VALID"))
        {
            throw node.Error(
                "OnnxAttributeInvalid",
                $"its auto_pad is '{rule}', which is none of NOTSET, SAME_UPPER, SAME_LOWER and VALID. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        (int top, int bottom) = Same(image[0], kernel.Height, strides.Height, dilation.Height);
        (int left, int right) = Same(image[1], kernel.Width, strides.Width, dilation.Width);
        return rule switch
        {
            "VALID" => default,
            "SAME_UPPER" => new EdgePads(top, left, bottom, right),
            _ => new EdgePads(bottom, right, top, left),
        };
    }

    private static (int Less, int More) Same(int size, int kernel, int stride, int dilation)
    {
        int total = Math.Max(((((size + stride - 1) / stride) - 1) * stride) + ((kernel - 1) * dilation) + 1 - size, 0);
        return (total / 2, total - (total / 2));
    }

    /// <summary>The same window under the padding that has a name, where one reads the same cells for as many outputs.</summary>
    public static ConvolutionWindow Simplest(Shape image, ConvolutionWindow window)
    {
        foreach (Padding named in (ReadOnlySpan<Padding>)[Padding.Valid, Padding.Same])
        {
            if (Sizes(image, window, window.Padding) is { } given && given == Sizes(image, window, named))
            {
                return window with { Padding = named, Pads = default };
            }
        }

        return window;
    }

    private static ConvolutionGeometry? Sizes(Shape image, ConvolutionWindow window, Padding padding)
    {
        try
        {
            return ConvolutionGeometry.Create(
                image,
                window.KernelSize,
                window.Strides,
                window.Dilation,
                padding,
                image.Channels,
                window.Pads);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
