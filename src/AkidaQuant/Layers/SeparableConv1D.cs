namespace AkidaQuant.Layers;

/// <summary>
/// A convolution of every channel along time and one over channels behind it, in float; kernels have the shapes (steps, channels,
/// multiplier) and (1, channels x multiplier, filters).
/// </summary>
[LayerClass("SeparableConv1D")]
public sealed record SeparableConv1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Image is SeparableConv2D image
        ?
        [
            new("filters", (long)image.Filters),
            .. SequenceWindow.ConvolutionArguments(image.Window),
            .. WeightArguments.OfKernel(this, image.Activation, image.UseBias),
            .. WeightArguments.OfSeparable(this, image.DepthMultiplier),
        ]
        : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static SeparableConv1D Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Image = new SeparableConv2D
        {
            Name = arguments.Name,
            Filters = arguments.Int("filters"),
            Window = SequenceWindow.ReadConvolution(arguments, canBeCausal: true),
            DepthMultiplier = arguments.Int("depth_multiplier", 1),
            UseBias = arguments.Bool("use_bias", true),
            Activation = ActivationFunction.Read(arguments),
        },
    };
}
