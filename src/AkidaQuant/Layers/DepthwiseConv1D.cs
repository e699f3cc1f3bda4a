namespace AkidaQuant.Layers;

/// <summary>A convolution of every channel along time with its own kernel, of shape (steps, channels, multiplier), in float.</summary>
[LayerClass("DepthwiseConv1D")]
public sealed record DepthwiseConv1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Image is DepthwiseConv2D image
        ?
        [
            .. SequenceWindow.ConvolutionArguments(image.Window),
            .. WeightArguments.OfDepthwise(this, image.Activation, image.UseBias, image.DepthMultiplier),
        ]
        : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static DepthwiseConv1D Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Image = new DepthwiseConv2D
        {
            Name = arguments.Name,
            Window = SequenceWindow.ReadConvolution(arguments),
            DepthMultiplier = arguments.Int("depth_multiplier", 1),
            UseBias = arguments.Bool("use_bias", true),
            Activation = ActivationFunction.Read(arguments),
        },
    };
}
