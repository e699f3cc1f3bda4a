using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// Zeros around images in time, in float. Quantization takes those before the first step as the empty memory of a
/// temporal convolution (transforms.md 4.4).
/// </summary>
[LayerClass("ZeroPadding3D")]
public sealed record ZeroPadding3D : Layer
{
    /// <summary>Steps before and after.</summary>
    public required (int Before, int After) Steps { get; init; }

    /// <summary>Rows above and below.</summary>
    public required (int Before, int After) Rows { get; init; }

    /// <summary>Columns left and right.</summary>
    public required (int Before, int After) Columns { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [
            new(
                "padding",
                LayerArguments.List([LayerArguments.ListOf(Steps), LayerArguments.ListOf(Rows), LayerArguments.ListOf(Columns)])),
            LayerArguments.ChannelsLast,
        ];

    /// <summary>Makes the layer from stored arguments: one number, one an axis, or one for each end of each axis.</summary>
    public static ZeroPadding3D Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        IReadOnlyList<object?> axes = arguments["padding"] switch
        {
            null => [1L, 1L, 1L],
            IReadOnlyList<object?> list => list,
            var same => [same, same, same],
        };
        return axes.Count == 3
            ? new ZeroPadding3D
            {
                Name = arguments.Name,
                Steps = Sides(arguments, axes[0]),
                Rows = Sides(arguments, axes[1]),
                Columns = Sides(arguments, axes[2]),
            }
            : throw Wrong(arguments);
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        if (input.Rank != 4)
        {
            throw DoesNotFit($"its input must have the shape (time, height, width, channels), but it has {input}.");
        }

        Shape output = new(Grow(input[0], Steps), Grow(input[1], Rows), Grow(input[2], Columns), input.Channels);
        return new PreparedLayer(new FloatSpec(output), () =>
        {
            int row = input[2] * input.Channels;
            return (tensors, result, batch) =>
            {
                ReadOnlySpan<float> source = ((FloatData)tensors[0]).Values(batch);
                Span<float> target = ((FloatData)result).Values(batch);
                target.Clear();
                for (int i = 0; i < batch * input[0] * input[1]; i++)
                {
                    (int image, int y) = Math.DivRem(i, input[1]);
                    (int sample, int step) = Math.DivRem(image, input[0]);
                    int position = (((sample * output[0]) + step + Steps.Before) * output[1]) + y + Rows.Before;
                    source.Slice(i * row, row).CopyTo(target[(((position * output[2]) + Columns.Before) * input.Channels)..]);
                }
            };
        });
    }

    private static int Grow(int size, (int Before, int After) sides) => size == Shape.Unknown ? size : size + sides.Before + sides.After;

    private static (int Before, int After) Sides(LayerArguments arguments, object? value) => value switch
    {
        long and >= 0 and <= 4096 => ((int)(long)value, (int)(long)value),
        IReadOnlyList<object?> { Count: 2 } pair when pair[0] is long and >= 0 and <= 4096 && pair[1] is long and >= 0 and <= 4096 =>
            ((int)(long)pair[0]!, (int)(long)pair[1]!),
        _ => throw Wrong(arguments),
    };

    private static QuantException Wrong(LayerArguments arguments) =>
        arguments.Wrong("padding", arguments["padding"], "numbers that are not negative: one, one an axis, or two an axis");
}
