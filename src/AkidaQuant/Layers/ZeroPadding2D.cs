using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// Zeros around an image, in float. Quantization turns it into the padding of the convolution after it (transforms.md 4.12).
/// </summary>
[LayerClass("ZeroPadding2D")]
public sealed record ZeroPadding2D : Layer
{
    /// <summary>Rows above and below.</summary>
    public required (int Before, int After) Rows { get; init; }

    /// <summary>Columns left and right.</summary>
    public required (int Before, int After) Columns { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("padding", LayerArguments.List([Pair(Rows), Pair(Columns)])), LayerArguments.ChannelsLast];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static ZeroPadding2D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        if (arguments["padding"] is IReadOnlyList<object?> { Count: 2 } pair
            && pair[0] is IReadOnlyList<object?> { Count: 2 } rows && pair[1] is IReadOnlyList<object?> { Count: 2 } columns)
        {
            return new ZeroPadding2D { Name = arguments.Name, Rows = Sides(arguments, rows), Columns = Sides(arguments, columns) };
        }

        (int height, int width) = arguments.Pair("padding", 1);
        return height >= 0 && width >= 0
            ? new ZeroPadding2D { Name = arguments.Name, Rows = (height, height), Columns = (width, width) }
            : throw arguments.Wrong("padding", arguments["padding"], "numbers that are not negative");
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        if (input.Rank != 3)
        {
            throw DoesNotFit($"its input must have the shape (height, width, channels), but it has {input}.");
        }

        Shape output = new(Grow(input[0], Rows), Grow(input[1], Columns), input.Channels);
        return new PreparedLayer(new FloatSpec(output), () =>
        {
            int row = input[1] * input.Channels;
            int outputRow = output[1] * output.Channels;
            int first = (Rows.Before * outputRow) + (Columns.Before * output.Channels);
            return (tensors, result, batch) =>
            {
                ReadOnlySpan<float> source = ((FloatData)tensors[0]).Values(batch);
                Span<float> target = ((FloatData)result).Values(batch);
                target.Clear();
                for (int sample = 0; sample < batch; sample++)
                {
                    for (int y = 0; y < input[0]; y++)
                    {
                        source.Slice(((sample * input[0]) + y) * row, row)
                            .CopyTo(target[((sample * output[0] * outputRow) + first + (y * outputRow))..]);
                    }
                }
            };
        });
    }

    private static ValueList<object?> Pair((int Before, int After) sides) =>
        LayerArguments.List([(long)sides.Before, (long)sides.After]);

    private static int Grow(int size, (int Before, int After) sides) => size == Shape.Unknown ? size : size + sides.Before + sides.After;

    private static (int Before, int After) Sides(LayerArguments arguments, IReadOnlyList<object?> pair) =>
        pair[0] is long and >= 0 and <= 4096 && pair[1] is long and >= 0 and <= 4096
            ? ((int)(long)pair[0]!, (int)(long)pair[1]!)
            : throw arguments.Wrong("padding", arguments["padding"], "numbers that are not negative");
}
