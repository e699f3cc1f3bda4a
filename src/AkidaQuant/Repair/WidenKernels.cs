using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Lets a kernel that no square one replaces, since it makes one axis of the image shorter than the other, give more rows or columns than it
/// did: the wanted ones lie among them, pass the layers behind, and the dense layer at the end has zeros for the rest.
/// </summary>
internal sealed class WidenKernels : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        foreach (Node node in model.Nodes)
        {
            if (context.Problem(node.Name, FitKernels.Rules) is not { } problem
                || node.Layer is not (Conv2D or DepthwiseConv2D) or PaddedConv2D
                || FitKernels.Window(node.Layer) is not { Dilation: (1, 1) } window
                || window.Strides.Height != window.Strides.Width
                || Path(model, node) is not { } path)
            {
                continue;
            }

            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            if (Find(window.Over(node.Layer, input, input.Channels), path.Windows) is { } found)
            {
                GraphEditor editor = new(model);
                editor.Replace(SpatialKernel.Extend(node.Layer, (found.Size, found.Size), (found.Rows.Place, found.Columns.Place)));
                editor.Replace(Spread((Dense)path.End.Layer, model.Plan[path.Flatten.Inputs[0]].Prepared.Output.Shape, found.Rows, found.Columns));
                context.Changed(
                    problem,
                    node.Name,
                    $"has its kernel among zeros of one of {found.Size}x{found.Size} and gives more rows or columns, which '{path.End.Name}' has zeros for",
                    [path.End.Name]);
                return editor.Build();
            }
        }

        return model;
    }

    /// <summary>The windows of the layers behind, to the Flatten in front of a dense layer; null where something else takes part.</summary>
    private static (List<ConvolutionWindow> Windows, Node Flatten, Node End)? Path(Model model, Node node)
    {
        List<ConvolutionWindow> windows = [];
        while (Next(model, node) is { } next)
        {
            node = next;
            switch (node.Layer)
            {
                case { IsActivation: true } or Dropout or Activation:
                    continue;
                case MaxPooling2D { Window: { Padding: Padding.Valid } pool }:
                    windows.Add(pool);
                    continue;
                case Conv2D or DepthwiseConv2D when FitKernels.Window(node.Layer) is { Dilation: (1, 1) } window
                    && (window.Padding == Padding.Valid || (window.KernelSize, window.Strides) == ((1, 1), (1, 1))):
                    windows.Add(window);
                    continue;
                case Flatten or Reshape when model.Plan[node.Name].Prepared.Output.Shape.Rank == 1:
                    Node? end = Next(model, node);
                    while (end?.Layer is Dropout)
                    {
                        end = Next(model, end);
                    }

                    return end?.Layer is Dense ? (windows, node, end) : null;
                default:
                    return null;
            }
        }

        return null;
    }

    private static Node? Next(Model model, Node node) =>
        model.Consumers(node.Name) is [var next] && !model.Outputs.Contains(node.Name) && next.Inputs.Count == 1 ? next : null;

    /// <summary>The least kernel whose outputs have the wanted ones among them all the way.</summary>
    private static (int Size, Axis Rows, Axis Columns)? Find(ConvolutionGeometry own, List<ConvolutionWindow> behind)
    {
        int largest = Math.Max(own.KernelHeight, own.KernelWidth);
        int most = (2 * (largest + Math.Max(own.PadTop, own.PadLeft))) + own.StrideHeight + 1;
        for (int size = largest + 1 - (largest % 2); size <= most; size += 2)
        {
            ConvolutionGeometry same = ConvolutionGeometry.Create(
                own.InputShape, (size, size), (own.StrideHeight, own.StrideWidth), (1, 1), Padding.Same, own.OutputChannels);
            Axis? rows = Find(
                size - own.KernelHeight, same.PadTop - own.PadTop, own.StrideHeight, same.OutputHeight, own.OutputHeight,
                [.. behind.Select(window => (window.KernelSize.Height, window.Strides.Height))]);
            Axis? columns = Find(
                size - own.KernelWidth, same.PadLeft - own.PadLeft, own.StrideWidth, same.OutputWidth, own.OutputWidth,
                [.. behind.Select(window => (window.KernelSize.Width, window.Strides.Width))]);
            if (rows is { } top && columns is { } left)
            {
                return (size, top, left);
            }
        }

        return null;
    }

    /// <summary>Where a kernel begins in the larger one, and where the wanted outputs are at the end; null where they get lost.</summary>
    private static Axis? Find(int room, int pads, int stride, int all, int wanted, (int Kernel, int Stride)[] behind)
    {
        for (int place = Math.Min(room, pads); place >= 0; place--)
        {
            (int start, int rest) = Math.DivRem(pads - place, stride);
            if (rest == 0 && start + wanted <= all && Follow(start, all, behind) is var (at, length))
            {
                return new Axis(place, at, length);
            }
        }

        return null;
    }

    private static (int Start, int Length)? Follow(int start, int length, (int Kernel, int Stride)[] behind)
    {
        foreach ((int kernel, int stride) in behind)
        {
            (start, int rest) = Math.DivRem(start, stride);
            length = ((length - kernel) / stride) + 1;
            if (rest != 0)
            {
                return null;
            }
        }

        return (start, length);
    }

    /// <summary>The dense layer over more rows and columns, with zeros for those that are not wanted.</summary>
    private static Dense Spread(Dense dense, Shape wanted, Axis rows, Axis columns)
    {
        int cell = wanted.Channels * dense.Units;
        float[] own = dense.Kernel.Values;
        float[] values = new float[rows.Length * columns.Length * cell];
        for (int y = 0; y < wanted[0]; y++)
        {
            int to = (((y + rows.Start) * columns.Length) + columns.Start) * cell;
            own.AsSpan(y * wanted[1] * cell, wanted[1] * cell).CopyTo(values.AsSpan(to));
        }

        return dense with { Kernel = new NdArray<float>(new Shape(values.Length / dense.Units, dense.Units), values) };
    }

    /// <summary>An axis of the image.</summary>
    /// <param name="Place">Where the kernel begins in the larger one.</param>
    /// <param name="Start">The first wanted row or column in front of the Flatten.</param>
    /// <param name="Length">All rows or columns there.</param>
    private readonly record struct Axis(int Place, int Start, int Length);
}
