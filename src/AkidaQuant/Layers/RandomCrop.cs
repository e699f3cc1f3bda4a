using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// A part of an image in training; otherwise its middle, as large as has the proportions of the output, brought into the output's size, in
/// float.
/// </summary>
[LayerClass("RandomCrop")]
public sealed record RandomCrop : Layer
{
    /// <summary>The rows of the output.</summary>
    public required int Height { get; init; }

    /// <summary>The columns of the output.</summary>
    public required int Width { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("height", (long)Height), new("width", (long)Width), Kept("seed")];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static RandomCrop Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new RandomCrop
        {
            Name = arguments.Name,
            Height = ImageCells.Size(arguments, "height"),
            Width = ImageCells.Size(arguments, "width"),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        ImageCells.Resize(this, FloatInput(inputs).Shape, Height, Width, ImageCells.Bilinear, crops: true);
}
