using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>An image without some rows and columns at its borders, in float.</summary>
[LayerClass("Cropping2D")]
public sealed record Cropping2D : Layer
{
    /// <summary>Rows that are cut off above and below.</summary>
    public required (int Before, int After) Rows { get; init; }

    /// <summary>Columns that are cut off left and right.</summary>
    public required (int Before, int After) Columns { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [
            new("cropping", LayerArguments.List([LayerArguments.ListOf(Rows), LayerArguments.ListOf(Columns)])),
            LayerArguments.ChannelsLast,
        ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Cropping2D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        ((int Before, int After) rows, (int Before, int After) columns) = arguments.Borders("cropping", 0);
        return new Cropping2D { Name = arguments.Name, Rows = rows, Columns = columns };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = ImageCells.Require(this, FloatInput(inputs).Shape);
        return ImageCells.Select(
            input, Left(input, input[0], Rows), Left(input, input[1], Columns), y => Rows.Before + y, x => Columns.Before + x);
    }

    private int Left(Shape input, int size, (int Before, int After) cut) => size == Shape.Unknown ? size
        : size > cut.Before + cut.After ? size - cut.Before - cut.After
        : throw DoesNotFit($"it cuts off {cut.Before} and {cut.After} rows or columns, which leaves nothing of its input {input}.");
}
