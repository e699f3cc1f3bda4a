using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// SpaceToDepth and DepthToSpace: blocks of cells become channels, and channels blocks of cells, by a kernel of zeros and ones that moves
/// by the size of a block.
/// </summary>
internal sealed class SpaceOperator : OnnxOperator
{
    private const int MostBlock = 64;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["SpaceToDepth", "DepthToSpace"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Image(node);
        int block = (int)Math.Clamp(node.Int("blocksize", 0), 0, MostBlock + 1);
        (int height, int width, int channels) = (input.Stored[0], input.Stored[1], input.Stored.Channels);
        bool isDeeper = node.OpType == "SpaceToDepth";
        int cells = block * block;
        if (block is 0 or > MostBlock || (isDeeper ? height % block != 0 || width % block != 0 : channels % cells != 0))
        {
            throw node.Error(
                "OnnxShapeMismatch",
                $"its blocks of {node.Int("blocksize", 0)} don't fit its input {input.Shape}. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        int few = isDeeper ? channels : channels / cells;
        if ((long)cells * cells * few * few > ConvOperator.MostWeights)
        {
            throw node.Error("OnnxSelection", $"its kernel would have more than {ConvOperator.MostWeights} weights. Use fewer channels");
        }

        // Either way the many channels come last: (rows, columns, channels, filters), or transposed (rows, columns, filters, channels).
        bool isByCell = isDeeper || node.Text("mode", "DCR") == "DCR";
        int many = few * cells;
        float[] values = new float[cells * few * many];
        for (int cell = 0; cell < cells; cell++)
        {
            for (int channel = 0; channel < few; channel++)
            {
                values[(((cell * few) + channel) * many) + (isByCell ? (cell * few) + channel : (channel * cells) + cell)] = 1;
            }
        }

        NdArray<float> kernel = new(new Shape(block, block, few, many), values);
        ConvolutionWindow window = new() { KernelSize = (block, block), Strides = (block, block) };
        import.Set(node, import.Add(
            isDeeper
                ? new Conv2D { Name = import.NameOf(node), Filters = many, Window = window, Kernel = kernel, UseBias = false }
                : Transposed(import.NameOf(node), few, window, kernel),
            OnnxActivation.ChannelsLast,
            input));
    }

    private static Conv2DTranspose Transposed(string name, int filters, ConvolutionWindow forward, NdArray<float> kernel)
    {
        TransposedWindow stated = new() { Forward = forward with { Padding = Padding.Explicit }, OutputPadding = (0, 0) };
        (TransposedWindow window, kernel) = ConvTransposeOperator.AsSame(stated, kernel);
        return new Conv2DTranspose { Name = name, Filters = filters, Window = window, Kernel = kernel, UseBias = false };
    }
}
