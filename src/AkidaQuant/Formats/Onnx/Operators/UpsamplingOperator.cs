using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Resize and Upsample, whatever their modes are, that repeat every row and every column as often as the others: as transposed depthwise
/// convolutions whose kernels of ones do so, in steps of 2 where these lead there (onnx.md 3.5.6). Those that take rows and columns in
/// equal steps are slices, and those that blend them bilinearly stay in float.
/// </summary>
internal sealed class UpsamplingOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Resize", "Upsample"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Image(node);
        Shape shape = import.Activation(node).Shape;
        OnnxResizing[] axes = OnnxResizing.Of(node, import, shape);
        if (axes[0].Sources is null || !axes[0].Sources!.SequenceEqual(Enumerable.Range(0, shape[0])))
        {
            throw Refused(node, shape, axes);
        }

        OnnxResizing columns = axes[^1];
        OnnxResizing rows = axes.Length == 3 ? axes[1] : OnnxResizing.None;
        import.SetImage(
            node,
            rows.Factor() is { } height && columns.Factor() is { } width ? Repeat(node, import, input, height, width)
                : rows.Range() is { } rowsTaken && columns.Range() is { } columnsTaken
                    ? Taken(node, import, input, rowsTaken, columnsTaken)
                : IsBilinear(rows) && IsBilinear(columns) ? Bilinear(node, import, input, rows, columns)
                : throw Refused(node, shape, axes));
    }

    private static bool IsBilinear(OnnxResizing axis) => axis.IsCentered || axis.Factor() == 1 || axis.Inputs == 1;

    /// <summary>In float, by the layer that repeats whole factors or by that of any size.</summary>
    private static OnnxActivation Bilinear(
        OnnxNode node, OnnxImport import, OnnxActivation input, OnnxResizing rows, OnnxResizing columns)
    {
        string name = import.NameOf(node);
        Layer layer = rows.Size % rows.Inputs == 0 && columns.Size % columns.Inputs == 0
            ? new UpSampling2D
            {
                Name = name,
                Size = (rows.Size / rows.Inputs, columns.Size / columns.Inputs),
                Interpolation = ImageCells.Bilinear,
            }
            : new Resizing { Name = name, Height = rows.Size, Width = columns.Size };
        return import.Add(layer, OnnxActivation.ChannelsLast, input);
    }

    private static OnnxActivation Taken(OnnxNode node, OnnxImport import, OnnxActivation input, OnnxRange rows, OnnxRange columns) =>
        OnnxSelection.Take(node, import, OnnxSelection.Take(node, import, input, 1, rows), 2, columns);

    private static OnnxActivation Repeat(OnnxNode node, OnnxImport import, OnnxActivation input, int height, int width)
    {
        if ((long)height * width * input.Stored.Channels > ConvOperator.MostWeights)
        {
            throw node.Error(
                "OnnxResize",
                $"its kernel would have {(long)height * width * input.Stored.Channels} weights, more than {ConvOperator.MostWeights}. Repeat in steps, or outside of the network");
        }

        int doublings = height == width && int.IsPow2(height) ? int.Log2(height) : 0;
        for (int i = 0; i < doublings; i++)
        {
            DepthwiseConv2DTranspose doubling = DepthwiseConv2DTranspose.Doubling(import.FreeName(node.Name), input.Stored.Channels);
            input = import.Add(doubling, OnnxActivation.ChannelsLast, input);
        }

        return doublings > 0 || (height, width) == (1, 1) ? input
            : import.Add(Repetition(import.NameOf(node), input.Stored.Channels, height, width), OnnxActivation.ChannelsLast, input);
    }

    /// <summary>Ones for the cells that a value becomes.</summary>
    private static DepthwiseConv2DTranspose Repetition(string name, int channels, int height, int width)
    {
        float[] kernel = new float[height * width * channels];
        Array.Fill(kernel, 1);
        return new DepthwiseConv2DTranspose
        {
            Name = name,
            Window = new TransposedWindow
            {
                Forward = new ConvolutionWindow { KernelSize = (height, width), Strides = (height, width) },
            },
            Kernel = new NdArray<float>(new Shape(height, width, channels, 1), kernel),
            UseBias = false,
        };
    }

    private static QuantException Refused(OnnxNode node, Shape shape, OnnxResizing[] axes)
    {
        string mode = node.Text("mode", "nearest");
        string coordinates = node.Text("coordinate_transformation_mode", string.Empty) is { Length: > 0 } given
            ? $", coordinates '{given}'"
            : string.Empty;
        return node.Error(
            "OnnxResize",
            $"it resizes samples of the shape {shape} to {new Shape([.. axes.Select(axis => axis.Size)])} (mode '{mode}'{coordinates}), which neither repeats every row and column as often as the others nor blends them bilinearly from the middles of cells. Use nn.Upsample(scale_factor=2) with mode='nearest', or mode='bilinear' with align_corners=False, without antialias and by a factor that gives whole sizes, or nn.ConvTranspose2d");
    }
}
