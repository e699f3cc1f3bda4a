namespace AkidaQuant.Transforms;

/// <summary>
/// Rewrites the graph of a float model into the layers that quantization knows (transforms.md 2). What the model
/// computes stays the same up to float rounding: where the reference's rewrite would change it, the rewrite here
/// is the correct one, or the layer is left alone and the log says why.
/// </summary>
public static class Sanitizer
{
    /// <summary>
    /// In the order of the reference but for one: zero padding is taken into convolutions before offsets of
    /// Rescaling are folded, because an offset behind which zeros are padded cannot be folded otherwise, and the
    /// reference then cannot quantize the model. Average pools are replaced, and rescalings
    /// put behind a Flatten or replaced, here only. Layers of one dimension, which the reference has no form for, come first,
    /// because all others look at images; networks from ONNX files get forms that the reference leaves out.
    /// </summary>
    private static readonly IRewrite[] Rewrites =
    [
        new ReplaceSequences(),
        new ReplaceFloatLayers(),
        new SplitFusedActivations(),
        new ReplaceActivations(),
        new ReplaceOperators(),
        new ReconstructHardSilu(),
        new ReplaceVolumeConvolutions(),
        new ReplaceLeakyRectifiers(),
        new ReplaceGroupedConvolutions(),
        new RemoveConsecutiveReshapes(),
        new ReplaceAveragePooling(),
        new RemoveZeroPadding(),
        new InvertRescalingAndFlatten(),
        new AlignRescaling(),
        new ReplaceRescaling(),
        new InvertActivationAndMaxPooling(),
        new InvertPoolingAndBatchNormalization(),
        new FoldBatchNormalization(),
        new ReplaceNormalizations(),
        new SplitConcatenations(),
        new ExtendEvenKernels(),
        new SplitStridedDepthwise(),
        new InsertIdentityAfterAdd(),
        new InsertIdentityAfterInput(),
        new InsertIdentityBeforeDoubleInput(),
        new InsertIdentityForConsumers(),
    ];

    /// <summary>The model rewritten; the same object when there is nothing to rewrite.</summary>
    /// <param name="model">A float model whose input shape is known.</param>
    /// <param name="log">Gets one line for each layer rewritten, or left alone for a reason.</param>
    /// <exception cref="QuantException">A layer does not fit its inputs, or a dimension of the input is unknown.</exception>
    public static Model Run(Model model, Action<string>? log = null)
    {
        RewriteLog lines = new(log);
        foreach (IRewrite rewrite in Rewrites)
        {
            model = rewrite.Apply(model, lines);
        }

        return model;
    }
}
