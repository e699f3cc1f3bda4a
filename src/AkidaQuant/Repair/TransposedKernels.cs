using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives transposed convolutions that processors have not, of other kernels than 3x3 and 4x4 or other strides than 2 (convert.md 4.5), the
/// form of one that only puts zeros between the values, for each factor of 2, and the turned kernel as a convolution behind.
/// Smaller kernels go among zeros of one that processors have. The output must be as many times as large as the stride says.
/// </summary>
internal sealed class TransposedKernels : IRepair
{
    private static readonly string[] Rules =
        ["AkidaTransposedKernel", "AkidaTransposedWindow", "AkidaKernelNotSquare", "AkidaStridesNotEqual", "AkidaDilation"];

    /// <summary>The sizes that processors have, in a padding of "same".</summary>
    private static readonly int[] Sizes = [3, 4];

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version != AkidaVersion.V2
                || context.Problem(node.Name, Rules) is not { } problem
                || Window(node.Layer) is not { } transposed)
            {
                continue;
            }

            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            Shape output = model.Plan[node.Name].Prepared.Output.Shape;
            if (Stride(transposed.Forward.Strides, input, output) is not { } stride)
            {
                continue;
            }

            Layer layer = WithStride(node.Layer, stride);
            ConvolutionGeometry forward = transposed.Over(node.Layer, input, output.Channels) with
            {
                StrideHeight = stride,
                StrideWidth = stride,
            };
            if (Direct(layer, forward) is { } direct)
            {
                editor.Replace(direct);
                int size = Window(direct)!.Forward.KernelSize.Height;
                context.Changed(problem, node.Name, $"has its kernel among zeros of one of {size} rows and columns");
            }
            else if (Convolution(layer, forward) is { } convolution)
            {
                List<string> added = Spread(editor, node, input.Channels, stride);
                editor.Replace(convolution);
                string action = added.Count == 0
                    ? "becomes a convolution"
                    : $"becomes a convolution, behind zeros that '{added[^1]}' puts between";
                context.Changed(problem, node.Name, action, added);
            }
        }

        return editor.Build();
    }

    /// <summary>
    /// How many times as large as the image the output is, a power of two; null where it is no such number. The stride of a kernel over a
    /// single cell is whichever gives the output.
    /// </summary>
    private static int? Stride((int Height, int Width) strides, Shape input, Shape output)
    {
        int stride = input[0] == 1 && input[1] == 1 ? output[0] : strides.Height == strides.Width ? strides.Height : 0;
        return int.IsPow2(stride) && output[0] == stride * input[0] && output[1] == stride * input[1] ? stride : null;
    }

    private static Layer WithStride(Layer layer, int stride)
    {
        return layer switch
        {
            Conv2DTranspose own => own with { Window = Set(own.Window) },
            DepthwiseConv2DTranspose own => own with { Window = Set(own.Window) },
            _ => layer,
        };

        TransposedWindow Set(TransposedWindow window) => window with { Forward = window.Forward with { Strides = (stride, stride) } };
    }

    private static TransposedWindow? Window(Layer layer) => layer switch
    {
        Conv2DTranspose convolution => convolution.Window,
        DepthwiseConv2DTranspose depthwise => depthwise.Window,
        _ => null,
    };

    /// <summary>The layer with a kernel that processors have; null where its own does not fit into one.</summary>
    private static Layer? Direct(Layer layer, ConvolutionGeometry forward)
    {
        foreach (int size in Sizes)
        {
            int before = (size - AkidaTransposedLayer.Stride) / 2;
            (int row, int column) = (before - forward.PadTop, before - forward.PadLeft);
            if (forward is { StrideHeight: AkidaTransposedLayer.Stride, DilationHeight: 1, DilationWidth: 1 }
                && row >= 0 && row <= size - forward.KernelHeight
                && column >= 0 && column <= size - forward.KernelWidth)
            {
                return SpatialKernel.Extend(WithoutOutputPadding(layer), (size, size), (row, column));
            }
        }

        return null;
    }

    private static Layer WithoutOutputPadding(Layer layer) => layer switch
    {
        Conv2DTranspose own => own with { Window = own.Window with { OutputPadding = null } },
        DepthwiseConv2DTranspose own => own with { Window = own.Window with { OutputPadding = null } },
        _ => layer,
    };

    /// <summary>
    /// The convolution over the input with zeros between: a value adds its kernel from its own place on, so that an output takes the values
    /// before it by the kernel turned around.
    /// </summary>
    private static Layer? Convolution(Layer layer, ConvolutionGeometry forward)
    {
        ConvolutionWindow window = new()
        {
            KernelSize = (forward.KernelHeight, forward.KernelWidth),
            Dilation = (forward.DilationHeight, forward.DilationWidth),
            Padding = Padding.Same,
        };
        WeightedLayer turned = layer switch
        {
            Conv2DTranspose own => new Conv2D
            {
                Name = own.Name,
                Filters = own.Filters,
                Window = window,
                Kernel = TurnedWindow.Flipped(Conv2DTranspose.FiltersLast(own.Kernel)),
            },
            DepthwiseConv2DTranspose own => new DepthwiseConv2D
            {
                Name = own.Name,
                Window = window,
                Kernel = TurnedWindow.Flipped(own.Kernel),
            },
            _ => throw new InvalidOperationException($"'{layer.Name}' has no transposed kernel."),
        };
        var weighted = (WeightedLayer)layer;
        ConvolutionGeometry spread = forward with
        {
            StrideHeight = 1,
            StrideWidth = 1,
            PadTop = ((forward.KernelHeight - 1) * forward.DilationHeight) - forward.PadTop,
            PadLeft = ((forward.KernelWidth - 1) * forward.DilationWidth) - forward.PadLeft,
            OutputHeight = forward.InputHeight,
            OutputWidth = forward.InputWidth,
        };
        return FitKernels.Fit(
            turned with { UseBias = weighted.UseBias, Bias = weighted.Bias, Activation = weighted.Activation }, spread, isValid: false);
    }

    /// <summary>Puts layers in front that double rows and columns, with zeros at the new places.</summary>
    private static List<string> Spread(GraphEditor editor, Node node, int channels, int stride)
    {
        List<string> added = [];
        for (int factor = 1; factor < stride; factor *= AkidaTransposedLayer.Stride)
        {
            string name = editor.FreeName($"{node.Name}_zeros");
            editor.InsertBefore(node.Name, 0, DepthwiseConv2DTranspose.Doubling(name, channels, filled: 1));
            added.Add(name);
        }

        return added;
    }
}
