namespace AkidaQuant.Layers;

/// <summary>
/// What a function of TensorFlow takes of its input, and in which order: a slice, <c>__operators__.getitem</c>, or an axis turned
/// around, <c>reverse</c>.
/// </summary>
/// <param name="Output">The shape of what it gives, without the batch.</param>
/// <param name="Indices">For each axis of the input what is taken of it, in order; null for all of it.</param>
internal sealed record OperatorSelection(Shape Output, IReadOnlyList<int[]?> Indices)
{
    /// <summary>The function that turns axes around.</summary>
    public const string Reverse = "reverse";

    /// <summary>Whether a function is one that selects.</summary>
    public static bool IsOne(string function) => function is SlicingOpLambda.Slice or Reverse;

    /// <summary>What a call selects of an input; null where the call has a form that is not supported.</summary>
    /// <exception cref="QuantException">An axis or an index is not one that the input has, or nothing is left.</exception>
    public static OperatorSelection? Of(TFOpLambda call, Shape input) => call.Function == Reverse ? Turned(call, input) : Sliced(call, input);

    private static OperatorSelection? Turned(TFOpLambda call, Shape input)
    {
        object? value = call.Find("axis")?.Value;
        IReadOnlyList<object?> axes = value as IReadOnlyList<object?> ?? [value];
        var indices = new int[]?[input.Rank];
        foreach (object? item in axes)
        {
            if (item is not long given || given == 0)
            {
                return null;
            }

            long axis = given < 0 ? given + input.Rank : given - 1;
            if (axis < 0 || axis >= input.Rank || indices[axis] is not null)
            {
                throw DoesNotFit(call, $"it turns the axis {given} of a tensor whose axes are 1 to {input.Rank} behind that of the batch, each once at most");
            }

            if (input[(int)axis] == Shape.Unknown)
            {
                return null;
            }

            indices[axis] = [.. Enumerable.Range(0, input[(int)axis]).Reverse()];
        }

        return new OperatorSelection(input, indices);
    }

    private static OperatorSelection? Sliced(TFOpLambda call, Shape input)
    {
        if (call.Find("slice_spec") is not { IsTensor: false, Value: IReadOnlyList<object?> { Count: > 0 } slices }
            || call.Find("var") is { IsTensor: true } or { Value: not null }
            || slices.Count(IsEllipsis) > 1
            || (!IsEllipsis(slices[0]) && !IsWhole(slices[0])))
        {
            return null;
        }

        // The dots stand for all axes that are not named, as do axes behind the last that is.
        int named = slices.Count(slice => slice is not null && !IsEllipsis(slice));
        int open = input.Rank + 1 - named;
        if (open < 0)
        {
            throw DoesNotFit(call, $"it takes slices of {named} axes, but its input has {input.Rank + 1}, that of the batch included");
        }

        IEnumerable<object?> whole = Enumerable.Repeat<object?>(new Dictionary<string, object?>(), open);
        List<object?> all = [.. slices.SelectMany(slice => IsEllipsis(slice) ? whole : [slice])];
        if (!slices.Any(IsEllipsis))
        {
            all.AddRange(whole);
        }

        var indices = new int[]?[input.Rank];
        List<int> output = [];
        int axis = 0;
        foreach (object? slice in all.Skip(1))
        {
            if (slice is null)
            {
                output.Add(1);
            }
            else if (IsWhole(slice))
            {
                output.Add(input[axis++]);
            }
            else if (input[axis] == Shape.Unknown || Taken(call, slice, axis + 1, input[axis]) is not { } taken)
            {
                return null;
            }
            else
            {
                indices[axis++] = taken;
                if (slice is not long)
                {
                    output.Add(taken.Length);
                }
            }
        }

        return new OperatorSelection(new Shape([.. output]), indices);
    }

    /// <summary>The indices that one entry takes of an axis, as Python counts them; null for an entry of another form.</summary>
    private static int[]? Taken(TFOpLambda call, object? slice, int axis, int size)
    {
        if (slice is long index)
        {
            return index >= -size && index < size
                ? [(int)(index < 0 ? index + size : index)]
                : throw DoesNotFit(call, $"it takes the index {index} of the axis {axis}, which has {size}");
        }

        if (slice is not IReadOnlyDictionary<string, object?> range
            || !range.Keys.All(IsKey)
            || range.Values.Any(value => value is not (null or long))
            || range.GetValueOrDefault("step") is 0L)
        {
            return null;
        }

        long step = range.GetValueOrDefault("step") as long? ?? 1;
        long least = step > 0 ? 0 : -1;
        long most = step > 0 ? size : size - 1;
        long first = Bound(range.GetValueOrDefault("start"), step > 0 ? least : most);
        long end = Bound(range.GetValueOrDefault("stop"), step > 0 ? most : least);
        List<int> taken = [];
        for (long i = first; step > 0 ? i < end : i > end; i += step)
        {
            taken.Add((int)i);
        }

        return taken.Count > 0 ? [.. taken] : throw DoesNotFit(call, $"it takes nothing of the axis {axis}, which has {size}");

        long Bound(object? given, long missing) =>
            given is long value ? Math.Clamp(value < 0 ? value + size : value, least, most) : missing;
    }

    private static bool IsKey(string key) => key is "start" or "stop" or "step";

    private static bool IsEllipsis(object? slice) =>
        slice is IReadOnlyDictionary<string, object?> map && map.GetValueOrDefault("class_name") is "__ellipsis__";

    private static bool IsWhole(object? slice) =>
        slice is IReadOnlyDictionary<string, object?> range && range.Keys.All(IsKey)
        && range.GetValueOrDefault("start") is null or 0L
        && range.GetValueOrDefault("stop") is null
        && range.GetValueOrDefault("step") is null or 1L;

    private static QuantException DoesNotFit(TFOpLambda call, string problem) =>
        new(
            "LayerInputMismatch",
            QuantErrorKind.InvalidData,
            $"Layer '{call.Name}' ({call.ClassName}): {problem}. Build it for the shape of its input.",
            call.Name);
}
