using System.Globalization;

namespace AkidaQuant.Layers;

/// <summary>Which positions of which axis an <see cref="ExtractToken"/> takes (layers.md 8).</summary>
public sealed record TokenSelection
{
    /// <summary>The positions, in the order in which they are taken.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }

    /// <summary>Whether the axis disappears, because the position was given as one integer instead of a list.</summary>
    public bool RemovesAxis { get; init; }

    /// <summary>The axis, the batch counted as 0, negative from the end.</summary>
    public int Axis { get; init; } = 1;

    /// <summary>The arguments under their names in files.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("token", RemovesAxis ? (long)Tokens[0] : LayerArguments.ListOf(new Shape([.. Tokens]))),
        new("axis", (long)Axis),
    ];

    /// <summary>The positions and the axis: <c>0, 3 of axis 1</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", Tokens)} of axis {Axis}");

    /// <summary>The positions of stored arguments.</summary>
    /// <exception cref="QuantException">There are none, or one is negative.</exception>
    public static TokenSelection Read(LayerArguments arguments)
    {
        bool isList = arguments["token"] is IReadOnlyList<object?>;
        int[] tokens = isList ? arguments.Dimensions("token")! : [arguments.Int("token")];
        return tokens.Length > 0 && Array.TrueForAll(tokens, token => token >= 0)
            ? new TokenSelection { Tokens = tokens, RemovesAxis = !isList, Axis = arguments.Int("axis", 1) }
            : throw arguments.Wrong("token", arguments["token"], "a position from 0 on, or a list of such");
    }

    /// <summary>The axis among the dimensions without the batch.</summary>
    public int AxisOf(Shape input) => Axis < 0 ? Axis + input.Rank : Axis - 1;

    /// <summary>The shape of the selection.</summary>
    /// <exception cref="QuantException">The input has no such axis, or not so many positions.</exception>
    public Shape From(Layer layer, Shape input)
    {
        int axis = AxisOf(input);
        if (axis < 0 || axis >= input.Rank)
        {
            throw Mismatch($"its axis is {Axis}, but its input has the shape {input} behind the batch.");
        }

        if (input[axis] != Shape.Unknown && Tokens.Max() >= input[axis])
        {
            throw Mismatch($"it takes position {Tokens.Max()} of axis {Axis}, but its input {input} has {input[axis]}.");
        }

        List<int> dimensions = [.. input];
        if (RemovesAxis)
        {
            dimensions.RemoveAt(axis);
        }
        else
        {
            dimensions[axis] = Tokens.Count;
        }

        return new Shape([.. dimensions]);

        QuantException Mismatch(string problem) => new(
            "LayerInputMismatch", QuantErrorKind.InvalidData, $"Layer '{layer.Name}' ({layer.ClassName}): {problem}", layer.Name);
    }
}
