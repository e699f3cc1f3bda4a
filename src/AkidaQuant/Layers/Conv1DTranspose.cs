namespace AkidaQuant.Layers;

/// <summary>A transposed convolution along time, in float; its kernel has the shape (steps, filters, input channels).</summary>
[LayerClass("Conv1DTranspose")]
public sealed record Conv1DTranspose : SequenceLayer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Image is Conv2DTranspose image
        ?
        [
            new("filters", (long)image.Filters),
            .. SequenceWindow.ConvolutionArguments(image.Window.Forward),
            .. WeightArguments.OfKernel(this, image.Activation, image.UseBias),
            new("output_padding", image.Window.OutputPadding is { } padding ? LayerArguments.ListOfOne(padding.Width) : null),
        ]
        : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Conv1DTranspose Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Image = new Conv2DTranspose
        {
            Name = arguments.Name,
            Filters = arguments.Int("filters"),
            Window = SequenceWindow.ReadTransposed(arguments),
            UseBias = arguments.Bool("use_bias", true),
            Activation = ActivationFunction.Read(arguments),
        },
    };
}
