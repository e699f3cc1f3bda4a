namespace AkidaQuant.Layers;

/// <summary>The last axes of a tensor, over which layers normalize.</summary>
internal static class TrailingAxes
{
    /// <summary>Axes as files write them: one as a number.</summary>
    public static object Write(IReadOnlyList<int> axes) => axes.Count == 1 ? (long)axes[0] : LayerArguments.ListOf(new Shape([.. axes]));

    /// <summary>The values along the axes.</summary>
    /// <param name="layer">The layer, for errors.</param>
    /// <param name="axes">The axes, the batch counted as 0, negative from the end.</param>
    /// <param name="input">The shape of the tensor.</param>
    /// <exception cref="QuantException">They are others than the last ones.</exception>
    public static int Length(Layer layer, IReadOnlyList<int> axes, Shape input)
    {
        int[] own = [.. axes.Select(axis => axis < 0 ? axis + input.Rank : axis - 1).Distinct().Order()];
        if (own.Length == 0 || own[0] < 0 || !own.SequenceEqual(Enumerable.Range(input.Rank - own.Length, own.Length)))
        {
            throw ImageCells.Mismatch(
                layer,
                $"it normalizes along the axes ({string.Join(", ", axes)}) of an input of {input}, and only the last ones can be normalized here. Put a Permute before and behind it.");
        }

        return new Shape([.. own.Select(axis => input[axis])]) is { IsKnown: true } shape ? shape.Size : 1;
    }

    /// <summary>The shape of the tensor along the axes, as far as they are some of its own.</summary>
    public static Shape Of(IReadOnlyList<int> axes, Shape input) => new(
    [
        .. axes.Select(axis => axis < 0 ? axis + input.Rank : axis - 1)
            .Where(axis => axis >= 0 && axis < input.Rank)
            .Select(axis => input[axis]),
    ]);
}
