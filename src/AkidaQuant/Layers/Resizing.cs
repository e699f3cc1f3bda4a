using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>An image in another size, in float.</summary>
[LayerClass("Resizing")]
public sealed record Resizing : Layer
{
    /// <summary>The rows of the output.</summary>
    public required int Height { get; init; }

    /// <summary>The columns of the output.</summary>
    public required int Width { get; init; }

    /// <summary><c>bilinear</c>, or <c>nearest</c>.</summary>
    public string Interpolation { get; init; } = ImageCells.Bilinear;

    /// <summary>Whether what does not fit the proportions of the output is cut off on both sides.</summary>
    public bool CropToAspectRatio { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("height", (long)Height),
        new("width", (long)Width),
        new("interpolation", Interpolation),
        new("crop_to_aspect_ratio", CropToAspectRatio),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Resizing Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        foreach (string key in new[] { "pad_to_aspect_ratio", "antialias" })
        {
            if (arguments.Bool(key, false))
            {
                throw new QuantException(
                    "LayerNotSupported",
                    QuantErrorKind.NotSupported,
                    $"Layer '{arguments.Name}' (Resizing): resizing with '{key}' is not computed here. Build the model without this layer, and resize the images before they are given.",
                    arguments.Name);
            }
        }

        return new Resizing
        {
            Name = arguments.Name,
            Height = ImageCells.Size(arguments, "height"),
            Width = ImageCells.Size(arguments, "width"),
            Interpolation = arguments.OneOf("interpolation", ImageCells.Bilinear, ImageCells.Bilinear, ImageCells.Nearest),
            CropToAspectRatio = arguments.Bool("crop_to_aspect_ratio", false),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        ImageCells.Resize(this, FloatInput(inputs).Shape, Height, Width, Interpolation, CropToAspectRatio);
}
