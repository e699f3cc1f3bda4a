using AkidaQuant.Kernels;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Takes zero padding into the convolutions behind it as Same padding (transforms.md 4.12). Same padding puts its
/// own amounts of zeros on each side; where those are other amounts, the kernel is extended by rows and columns of
/// zeros until the same values meet the same weights again. The reference ignores the difference and moves the image.
/// </summary>
internal sealed class RemoveZeroPadding : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not ZeroPadding2D padding)
            {
                continue;
            }

            IReadOnlyList<Node> consumers = editor.Consumers(node.Name);
            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            List<Layer> padded = [.. consumers.Select(consumer => Pad(consumer.Layer, padding, input)).OfType<Layer>()];
            if (editor.IsOutput(node.Name) || padded.Count < consumers.Count)
            {
                log.Kept(node.Name, "stays: no Same padding of the layers behind it stands for its zeros");
                continue;
            }

            foreach (Layer layer in padded)
            {
                editor.Replace(layer);
                log.Rewritten(node.Name, $"is taken into '{layer.Name}', whose kernel size becomes {SpatialKernel.Window(layer)!.KernelSize}");
            }

            editor.Remove(node.Name);
        }

        return editor.Build();
    }

    private static Layer? Pad(Layer layer, ZeroPadding2D padding, Shape input)
    {
        if (SpatialKernel.Window(layer) is not { Padding: Padding.Valid } window || !input.IsKnown)
        {
            return null;
        }

        foreach ((int Height, int Width) size in Sizes(window))
        {
            if (Place(window, padding, input, size) is { } place)
            {
                return SpatialKernel.Extend(layer, size, place);
            }
        }

        return null;
    }

    /// <summary>The kernel's own size, then the odd square ones above, which are those that processors have.</summary>
    private static IEnumerable<(int Height, int Width)> Sizes(ConvolutionWindow window)
    {
        (int height, int width) = window.KernelSize;
        yield return (height, width);
        if (height != width || window.Dilation != (1, 1))
        {
            yield break;
        }

        int most = (2 * height) + Math.Max(window.Strides.Height, window.Strides.Width);
        for (int size = height + 1 + (height % 2); size <= most; size += 2)
        {
            yield return (size, size);
        }
    }

    private static (int Row, int Column)? Place(ConvolutionWindow window, ZeroPadding2D padding, Shape input, (int Height, int Width) size)
    {
        Shape larger = new(
            input[0] + padding.Rows.Before + padding.Rows.After, input[1] + padding.Columns.Before + padding.Columns.After, input.Channels);
        ConvolutionGeometry before = ConvolutionGeometry.Create(
            larger, window.KernelSize, window.Strides, window.Dilation, Padding.Valid, input.Channels);
        ConvolutionGeometry after = SpatialKernel.Same(window, input, size);
        int row = after.PadTop - padding.Rows.Before;
        int column = after.PadLeft - padding.Columns.Before;
        return before.OutputShape == after.OutputShape
            && row >= 0 && row <= size.Height - window.KernelSize.Height
            && column >= 0 && column <= size.Width - window.KernelSize.Width
            ? (row, column) : null;
    }
}
