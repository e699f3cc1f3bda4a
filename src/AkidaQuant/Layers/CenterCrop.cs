using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// The middle of an image, in float; of an image that is lower or narrower than the output as much as has the proportions of the output,
/// resized.
/// </summary>
[LayerClass("CenterCrop")]
public sealed record CenterCrop : Layer
{
    /// <summary>The rows of the output.</summary>
    public required int Height { get; init; }

    /// <summary>The columns of the output.</summary>
    public required int Width { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("height", (long)Height), new("width", (long)Width)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static CenterCrop Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new CenterCrop
        {
            Name = arguments.Name,
            Height = ImageCells.Size(arguments, "height"),
            Width = ImageCells.Size(arguments, "width"),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = ImageCells.Require(this, FloatInput(inputs).Shape);
        return Crop(input) is { } crop
            ? ImageCells.Select(input, Height, Width, y => crop.Rows.Before + y, x => crop.Columns.Before + x)
            : ImageCells.Resize(this, input, Height, Width, ImageCells.Bilinear, crops: true);
    }

    /// <summary>The rows and columns that are cut off of an image; null where it is resized.</summary>
    internal Cropping2D? Crop(Shape input)
    {
        (int rows, int columns) = (input[0] - Height, input[1] - Width);
        return rows >= 0 && columns >= 0
            ? new Cropping2D { Name = Name, Rows = (rows / 2, rows - (rows / 2)), Columns = (columns / 2, columns - (columns / 2)) }
            : null;
    }
}
