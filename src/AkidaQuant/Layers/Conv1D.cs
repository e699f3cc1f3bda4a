namespace AkidaQuant.Layers;

/// <summary>A convolution along time, in float; its kernel has the shape (steps, input channels / groups, filters).</summary>
[LayerClass("Conv1D")]
public sealed record Conv1D : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Image is Conv2D image
        ?
        [
            new("filters", (long)image.Filters),
            .. SequenceWindow.ConvolutionArguments(image.Window, image.Groups),
            .. WeightArguments.OfKernel(this, image.Activation, image.UseBias),
        ]
        : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Conv1D Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Image = new Conv2D
        {
            Name = arguments.Name,
            Filters = arguments.Int("filters"),
            Window = SequenceWindow.ReadConvolution(arguments, canBeCausal: true),
            Groups = arguments.Int("groups", 1),
            UseBias = arguments.Bool("use_bias", true),
            Activation = ActivationFunction.Read(arguments),
        },
    };
}
