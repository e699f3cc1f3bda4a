using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Resize that repeats every cell in both directions, as a transposed depthwise convolution whose kernel of ones does so
/// (onnx.md 3.5.6).
/// </summary>
internal sealed class UpsamplingOperator : OnnxOperator
{
    private const int Factor = 2;
    private const int KernelSize = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Resize", "Upsample"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Image(node);
        bool repeats = node.Text("mode", "nearest") == "nearest"
            && (node.OpType == "Upsample" || node.Text("coordinate_transformation_mode", "half_pixel") == "asymmetric")
            && (node.OpType == "Upsample" || node.Text("nearest_mode", "round_prefer_floor") == "floor");
        if (!repeats || !IsTwofold(node, import, input.Shape))
        {
            throw node.Error(
                "OnnxResize",
                "only doubling rows and columns by repeating cells has a layer here: use nn.Upsample(scale_factor=2, mode='nearest'), or nn.ConvTranspose2d");
        }

        int channels = input.Stored.Channels;
        float[] kernel = new float[KernelSize * KernelSize * channels];
        for (int tap = 0; tap < KernelSize * KernelSize; tap++)
        {
            Array.Fill(kernel, tap % KernelSize < Factor && tap / KernelSize < Factor ? 1f : 0f, tap * channels, channels);
        }

        DepthwiseConv2DTranspose layer = new()
        {
            Name = import.NameOf(node),
            Window = new TransposedWindow
            {
                Forward = new ConvolutionWindow
                {
                    KernelSize = (KernelSize, KernelSize),
                    Strides = (Factor, Factor),
                    Padding = Padding.Same,
                },
            },
            Kernel = new NdArray<float>(new Shape(KernelSize, KernelSize, channels, 1), kernel),
            UseBias = false,
        };
        import.Set(node, import.Add(layer, OnnxActivation.ChannelsLast, input));
    }

    private static bool IsTwofold(OnnxNode node, OnnxImport import, Shape shape)
    {
        int scales = node.OpType == "Upsample" ? 1 : 2;
        float[] factors = node.Floats("scales") ?? (node.HasInput(scales) ? import.Required(node, scales, "its scales").Floats : []);
        return factors.Length > 0
            ? factors is [1, 1, Factor, Factor]
            : node.HasInput(3) && import.Required(node, 3, "its sizes").Integers is [_, var channels, var rows, var columns]
                && channels == shape[0] && rows == Factor * shape[1] && columns == Factor * shape[2];
    }
}
