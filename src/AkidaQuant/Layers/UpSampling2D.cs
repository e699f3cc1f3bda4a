using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>An image some times as high and wide, whose cells are repeated or blend into each other, in float.</summary>
[LayerClass("UpSampling2D")]
public sealed record UpSampling2D : Layer
{
    /// <summary>How many times as high and as wide.</summary>
    public (int Height, int Width) Size { get; init; } = (2, 2);

    /// <summary><c>nearest</c>, which repeats cells, or <c>bilinear</c>.</summary>
    public string Interpolation { get; init; } = ImageCells.Nearest;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("size", LayerArguments.ListOf(Size)), LayerArguments.ChannelsLast, new("interpolation", Interpolation)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static UpSampling2D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        (int Height, int Width) size = arguments.Pair("size", 2);
        return size is { Height: > 0 and <= ImageCells.Most, Width: > 0 and <= ImageCells.Most }
            ? new UpSampling2D
            {
                Name = arguments.Name,
                Size = size,
                Interpolation = arguments.OneOf("interpolation", ImageCells.Nearest, ImageCells.Nearest, ImageCells.Bilinear),
            }
            : throw arguments.Wrong("size", arguments["size"], "one or two positive integers");
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = ImageCells.Require(this, FloatInput(inputs).Shape);
        (int height, int width) = (Times(input[0], Size.Height), Times(input[1], Size.Width));
        return Interpolation == ImageCells.Nearest
            ? ImageCells.Select(input, height, width, y => y / Size.Height, x => x / Size.Width)
            : ImageCells.Resize(input, (0, input[0]), (0, input[1]), height, width, Interpolation);
    }

    private int Times(int size, int factor) => size == Shape.Unknown ? size
        : (long)size * factor <= int.MaxValue ? size * factor
        : throw DoesNotFit($"{size} rows or columns {factor} times are too many.");
}
