using AkidaQuant.Akida.Conversion;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;

namespace AkidaQuant.Tests.Repair;

/// <summary>
/// What Akida 2.0 has of windows, written down apart from the converter and the repairs: what is still refused after a repair is held
/// against it, so that whatever has an exact form is told from what has none.
/// </summary>
internal static class HardwareLimits
{
    private const string Grows = "no layer gives more rows or columns than its strides make of the image";
    private const string Doubles = "transposed kernels have strides of 2 and make an image of exactly twice the rows and columns";
    private const string Pads = "square kernels pad all sides as 'same' does, or none";
    private const string Pools = "pools have the windows of 'same' or 'valid'";
    private const string Host = "not refused: the host computes it and what is behind";
    private const string OnlyKernels = "nothing but a convolution pads with zeros";
    private const string Follows = "the layer in front is refused, so that this one is taken for the first";

    /// <summary>Kernels that are looked at for a place of a smaller one.</summary>
    private const int MostKernel = 64;

    /// <summary>The limit behind a refusal; null where none is known, so that a repair is missing.</summary>
    /// <param name="problem">What is refused.</param>
    /// <param name="model">The repaired network.</param>
    /// <param name="all">All that is refused in it.</param>
    public static string? Find(ConversionProblem problem, Model model, IReadOnlyList<ConversionProblem> all)
    {
        if (problem.Layer is not { } layer || model.Find(layer) is null)
        {
            return null;
        }

        Node node = model.NodeOf(layer);
        if (problem.Rule == "AkidaInputShift")
        {
            return Behind(model, node).Any(other => all.Any(found => found.Layer == other && found.Rule != problem.Rule)) ? Follows : null;
        }

        if (problem.Rule == Judgement.StaysFloat)
        {
            return all.Where(found => found.Rule == problem.Rule).Select(found => OfZeros(model, model.NodeOf(found.Layer!)))
                .FirstOrDefault(limit => limit is not null) ?? Host;
        }

        Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
        Shape output = model.Plan[layer].Prepared.Output.Shape;
        return node.Layer switch
        {
            Conv2D convolution => OfKernel(
                convolution.Window.Over(convolution, input, 1, convolution is PaddedConv2D { PaddingValue: not null }), input, output),
            DepthwiseConv2D depthwise => OfKernel(depthwise.Window.Over(depthwise, input, 1), input, output),
            MaxPooling2D pool => OfPool(pool.Window.Over(pool, input, 1), input, output),
            Conv2DTranspose up => OfTransposed(up.Window.Forward.Strides, input, output),
            DepthwiseConv2DTranspose up => OfTransposed(up.Window.Forward.Strides, input, output),
            _ => null,
        };
    }

    /// <summary>Zeros around an image stay with the host where the convolutions behind cannot pad with them.</summary>
    private static string? OfZeros(Model model, Node node)
    {
        if (node.Layer is not ZeroPadding2D zeros)
        {
            return null;
        }

        Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
        Shape padded = model.Plan[node.Name].Prepared.Output.Shape;
        foreach (Node consumer in model.Consumers(node.Name))
        {
            if (SpatialKernel.Window(consumer.Layer) is not { } window)
            {
                return OnlyKernels;
            }

            EdgePads own = window.PadsOver(padded);
            EdgePads pads = new(
                own.Top + zeros.Rows.Before,
                own.Left + zeros.Columns.Before,
                own.Bottom + zeros.Rows.After,
                own.Right + zeros.Columns.After);
            ConvolutionGeometry whole = (window with { Padding = Padding.Explicit, Pads = pads }).Over(consumer.Layer, input, 1);
            if (OfKernel(whole, input, model.Plan[consumer.Name].Prepared.Output.Shape) is { } limit)
            {
                return limit;
            }
        }

        return null;
    }

    /// <summary>Doubled as often as it takes, with its kernel as a convolution behind, an image is 2, 4, 8, … times as large.</summary>
    private static string? OfTransposed((int Height, int Width) strides, Shape input, Shape output)
    {
        int times = output[0] / input[0];
        bool isTimes = int.IsPow2(times) && output[0] == times * input[0] && output[1] == times * input[1];
        return isTimes && (strides == (times, times) || (input[0] == 1 && input[1] == 1)) ? null : Doubles;
    }

    private static IEnumerable<string> Behind(Model model, Node node)
    {
        while (node.Inputs is [string input, ..])
        {
            yield return input;
            node = model.NodeOf(input);
        }
    }

    private static string? OfKernel(ConvolutionGeometry own, Shape input, Shape output)
    {
        if (IsLarger(own, input, output))
        {
            return Grows;
        }

        for (int size = 1; size <= MostKernel; size++)
        {
            if ((Places(input[0], output[0], own.StrideHeight, own.KernelHeight, own.DilationHeight, own.PadTop, size)
                & Places(input[1], output[1], own.StrideWidth, own.KernelWidth, own.DilationWidth, own.PadLeft, size)) != 0)
            {
                return null;
            }
        }

        return Pads;
    }

    /// <summary>Of which paddings a kernel of some size holds another along an axis: 1 for "same", 2 for "valid".</summary>
    private static int Places(int input, int output, int stride, int kernel, int dilation, int pad, int size)
    {
        int extent = ((kernel - 1) * dilation) + 1;
        int before = Same(input, stride, size) / 2;
        bool isSame = output == Ceiling(input, stride) && before >= pad && before - pad <= size - extent;
        bool isValid = pad == 0 && size >= extent && size <= input && output == ((input - size) / stride) + 1;
        return (isSame ? 1 : 0) + (isValid ? 2 : 0);
    }

    private static string? OfPool(ConvolutionGeometry own, Shape input, Shape output)
    {
        if (IsLarger(own, input, output))
        {
            return Grows;
        }

        bool isSame = AreSameCells(input[0], output[0], own.StrideHeight, own.KernelHeight, own.PadTop)
            && AreSameCells(input[1], output[1], own.StrideWidth, own.KernelWidth, own.PadLeft);
        bool isValid = own is { PadTop: 0, PadLeft: 0 }
            && ((output[0] - 1) * own.StrideHeight) + own.KernelHeight <= input[0]
            && ((output[1] - 1) * own.StrideWidth) + own.KernelWidth <= input[1];
        return isSame || isValid ? null : Pools;
    }

    private static bool AreSameCells(int input, int output, int stride, int kernel, int pad) =>
        Cells(input, output, stride, kernel, pad).SequenceEqual(Cells(input, output, stride, kernel, Same(input, stride, kernel) / 2));

    /// <summary>The first cell and the one behind the last that each window along an axis meets.</summary>
    private static IEnumerable<(int First, int End)> Cells(int input, int output, int stride, int kernel, int pad) =>
        Enumerable.Range(0, output).Select(i => (
            Math.Max((i * stride) - pad, 0),
            Math.Min((i * stride) - pad + kernel, input)));

    private static bool IsLarger(ConvolutionGeometry own, Shape input, Shape output) =>
        output[0] > Ceiling(input[0], own.StrideHeight) || output[1] > Ceiling(input[1], own.StrideWidth);

    /// <summary>All that "same" pads along an axis.</summary>
    private static int Same(int input, int stride, int kernel) =>
        Math.Max(((Ceiling(input, stride) - 1) * stride) + kernel - input, 0);

    private static int Ceiling(int input, int stride) => (input + stride - 1) / stride;
}
