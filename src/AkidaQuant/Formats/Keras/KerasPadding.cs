using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Brings windows that state their pads, or put the larger half before, into the paddings of Keras: "valid" or
/// "same" where these compute the same, else a kernel that is larger by zeros, which meets the same values.
/// </summary>
internal static class KerasPadding
{
    /// <summary>The model as Keras can hold it; the same object when there is nothing to change.</summary>
    /// <exception cref="QuantException">No padding of Keras computes the same as that of some layer.</exception>
    public static Model Apply(Model model)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            RequireStorable(node.Layer);
            if ((Window(node.Layer) ?? Transposed(node.Layer)?.Forward) is { Padding: Padding.SameUpper or Padding.Explicit } window)
            {
                Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
                Layer? written = Transposed(node.Layer) is { } transposed
                    ? Of(node.Layer, transposed, input)
                    : Of(node.Layer, window, input);
                editor.Replace(
                    written
                        ?? throw new QuantException(
                            "KerasPadding",
                            QuantErrorKind.NotSupported,
                            $"Layer '{node.Name}' ({node.Layer.ClassName}) cannot be written to a Keras file: it has {window.PaddingText}, and over an input of {input} no 'same' or 'valid' padding of Keras computes the same. Change its pads, or keep the model in the file that it came from.",
                            node.Name));
            }
        }

        return editor.Build();
    }

    /// <summary>A transposed depthwise convolution of Keras has strides of 2, "same" padding and no more (layers.md 4.5).</summary>
    private static void RequireStorable(Layer layer)
    {
        if (layer is DepthwiseConv2DTranspose or QuantizedDepthwiseConv2DTranspose && Transposed(layer)!.Forward is var window
            && (window.Strides != (2, 2) || window.Dilation != (1, 1)))
        {
            throw new QuantException(
                "KerasPadding",
                QuantErrorKind.NotSupported,
                $"Layer '{layer.Name}' ({layer.ClassName}) cannot be written to a Keras file: it has strides of {window.Strides} and a dilation of {window.Dilation}, and Keras files have this layer with strides of 2 and no dilation only. Change these, or keep the model in the file that it came from.",
                layer.Name);
        }
    }

    private static ConvolutionWindow? Window(Layer layer) => layer switch
    {
        Conv2D own => own.Window,
        DepthwiseConv2D own => own.Window,
        SeparableConv2D own => own.Window,
        MaxPooling2D own => own.Window,
        AveragePooling2D own => own.Window,
        QuantizedConv2D own => own.Window,
        QuantizedDepthwiseConv2D own => own.Window,
        QuantizedSeparableConv2D own => own.Window,
        QuantizedMaxPool2D own => own.Window,
        _ => null,
    };

    private static TransposedWindow? Transposed(Layer layer) => layer switch
    {
        Conv2DTranspose own => own.Window,
        DepthwiseConv2DTranspose own => own.Window,
        QuantizedConv2DTranspose own => own.Window,
        QuantizedDepthwiseConv2DTranspose own => own.Window,
        _ => null,
    };

    /// <summary>The transposed convolution with the padding of Keras, and rows and columns added or not, that crops alike.</summary>
    private static Layer? Of(Layer layer, TransposedWindow window, Shape input)
    {
        // The layer of a depthwise one has this one form (layers.md 4.5).
        bool isDepthwise = layer is DepthwiseConv2DTranspose or QuantizedDepthwiseConv2DTranspose;
        foreach (Padding padding in isDepthwise ? [Padding.Same] : new[] { Padding.Valid, Padding.Same })
        {
            foreach ((int Height, int Width)? more in isDepthwise ? [null] : new (int, int)?[] { null, window.OutputPadding ?? (0, 0) })
            {
                TransposedWindow plain = new()
                {
                    Forward = window.Forward with { Padding = padding, Pads = default },
                    OutputPadding = more,
                };
                if (plain.IsSameOver(layer, input, window))
                {
                    return layer switch
                    {
                        Conv2DTranspose own => own with { Window = plain },
                        DepthwiseConv2DTranspose own => own with { Window = plain },
                        QuantizedConv2DTranspose own => own with { Window = plain },
                        QuantizedDepthwiseConv2DTranspose own => own with { Window = plain },
                        _ => throw new InvalidOperationException($"'{layer.Name}' has no transposed window."),
                    };
                }
            }
        }

        return null;
    }

    private static Layer? Of(Layer layer, ConvolutionWindow window, Shape input) =>
        window.IsSameOver(input, Padding.Valid) ? Plain(layer, window with { Padding = Padding.Valid, Pads = default })
        : layer is not (MaxPooling2D or AveragePooling2D or QuantizedMaxPool2D) ? Extended(layer, window, input)
        : window.IsSameOver(input, Padding.Same) ? Plain(layer, window with { Padding = Padding.Same, Pads = default })
        : null;

    /// <summary>The layer with a window, and no border that it would not see.</summary>
    private static Layer Plain(Layer layer, ConvolutionWindow window) => layer switch
    {
        PaddedConv2D own => own with { Window = window, PaddingValue = null },
        Conv2D own => own with { Window = window },
        DepthwiseConv2D own => own with { Window = window },
        SeparableConv2D own => own with { Window = window },
        MaxPooling2D own => own with { Window = window },
        AveragePooling2D own => own with { Window = window },
        QuantizedConv2D own => own with { Window = window, PaddingValue = null },
        QuantizedDepthwiseConv2D own => own with { Window = window },
        QuantizedSeparableConv2D own => own with { Window = window },
        QuantizedMaxPool2D own => own with { Window = window },
        _ => throw new InvalidOperationException($"'{layer.Name}' has no window."),
    };

    /// <summary>
    /// The convolution with a kernel of Same padding that holds its own among zeros: one that processors have, else the least.
    /// </summary>
    private static Layer? Extended(Layer layer, ConvolutionWindow window, Shape input)
    {
        // The amounts around a border of a value of its own are those of a kernel that is not dilated (layers.md 3).
        if (window.Dilation != (1, 1) && layer is PaddedConv2D { PaddingValue: not null } or QuantizedConv2D { PaddingValue: not null })
        {
            return null;
        }

        ConvolutionGeometry own = window.Over(layer, input, input.Channels);
        if (SpatialKernel.Fit(own) is var (size, at))
        {
            return SpatialKernel.Extend(layer, size, at);
        }

        ConvolutionGeometry rows = own with
        {
            InputWidth = 1,
            KernelWidth = 1,
            StrideWidth = 1,
            DilationWidth = 1,
            PadLeft = 0,
            OutputWidth = 1,
        };
        ConvolutionGeometry columns = own with
        {
            InputHeight = 1,
            KernelHeight = 1,
            StrideHeight = 1,
            DilationHeight = 1,
            PadTop = 0,
            OutputHeight = 1,
        };
        int height = Sizes(own.KernelHeight, own.PadTop, own.StrideHeight)
            .FirstOrDefault(length => SpatialKernel.Place(rows, (length, 1)) is not null);
        int width = Sizes(own.KernelWidth, own.PadLeft, own.StrideWidth)
            .FirstOrDefault(length => SpatialKernel.Place(columns, (1, length)) is not null);
        return height > 0 && width > 0 && SpatialKernel.Place(own, (height, width)) is { } place
            ? SpatialKernel.Extend(layer, (height, width), place) : null;
    }

    /// <summary>
    /// From the kernel's own size to the largest that can be needed: its Same padding puts half of it before the image,
    /// which must reach the kernel's own pads, and where that is more, it must have room for the kernel behind the rest.
    /// </summary>
    private static IEnumerable<int> Sizes(int kernel, int before, int stride) =>
        Enumerable.Range(kernel, kernel + (2 * before) + stride + 1);
}
