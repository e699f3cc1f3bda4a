using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>A row as often as wanted, one below the other, in float.</summary>
[LayerClass("RepeatVector")]
public sealed record RepeatVector : Layer
{
    /// <summary>How often.</summary>
    public required int Count { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("n", (long)Count)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static RepeatVector Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Count = ImageCells.Size(arguments, "n") };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        return input.Rank == 1
            ? ImageCells.Select(new Shape(1, 1, input[0]), Count, 1, _ => 0, _ => 0).As(new FloatSpec(new Shape(Count, input[0])))
            : throw DoesNotFit($"its input must be a row, but it has the shape {input}.");
    }
}
