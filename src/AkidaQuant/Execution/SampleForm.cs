using System.Globalization;

namespace AkidaQuant.Execution;

/// <summary>
/// How the samples that callers have become the tensor that a network takes, where a repair made these differ: callers go on giving
/// samples of the shape that the network's file says.
/// </summary>
public sealed record SampleForm
{
    /// <summary>The shape of the callers' samples, channels last.</summary>
    public required Shape Shape { get; init; }

    /// <summary>
    /// The axes of <see cref="Shape"/> in the order in which they are put before the values are seen in the shape of the network's input;
    /// null for the order that they have.
    /// </summary>
    public ValueList<int>? Axes { get; init; }

    /// <summary>Whether the image that comes of it is turned by 180 degrees: its rows and columns are reversed.</summary>
    public bool IsTurned { get; init; }

    /// <summary>
    /// The unsigned type of the callers' integers, where the network takes them less half its range, as the signed type of as many bits;
    /// null where they are taken as they are.
    /// </summary>
    public IntegerType? Type { get; init; }

    /// <summary>What is done to samples, in words.</summary>
    public override string ToString()
    {
        string axes = Axes is null ? string.Empty : $", axes ({string.Join(", ", Axes)})";
        string shift = Type is { } type
            ? string.Create(CultureInfo.InvariantCulture, $", {type.FileName()} less {1L << (type.Bits() - 1)}")
            : string.Empty;
        return $"{Shape}{axes}{(IsTurned ? ", turned by 180 degrees" : string.Empty)}{shift}";
    }

    /// <inheritdoc/>
    public bool Equals(SampleForm? other) =>
        other is not null && Shape == other.Shape && IsTurned == other.IsTurned && Type == other.Type
        && (Axes is null ? other.Axes is null : other.Axes is { } axes && Axes.SequenceEqual(axes));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Shape, IsTurned, Axes?.Count, Type);

    /// <summary>Whether two inputs take the same values of samples one after the other in the same order.</summary>
    internal static bool IsSameOrder(SampleForm? one, SampleForm? other) =>
        one == other
        || (one is null or { Axes: null, IsTurned: false, Type: null } && other is null or { Axes: null, IsTurned: false, Type: null });

    /// <summary>Refuses a form that is none for an input of some shape.</summary>
    /// <exception cref="QuantException"><c>SampleFormInvalid</c>.</exception>
    internal void Require(Shape input, string model)
    {
        if (Problem(input) is { } problem)
        {
            throw new QuantException(
                "SampleFormInvalid",
                QuantErrorKind.InvalidData,
                $"The model '{model}' says wrongly how its samples become its input: {problem}. Repair the network again from its own file.",
                model);
        }
    }

    /// <summary>What is wrong with the form for an input of some shape, as the end of a sentence; null for nothing.</summary>
    internal string? Problem(Shape input)
    {
        if (!Shape.IsKnown || Shape.Rank == 0)
        {
            return $"samples have the shape {Shape}, of which every dimension must be known";
        }

        if (Axes is { } axes && !axes.Order().SequenceEqual(Enumerable.Range(0, Shape.Rank)))
        {
            return $"the axes ({string.Join(", ", axes)}) are not those of samples of the shape {Shape}, each once";
        }

        if (Type is { } type && type.IsSigned())
        {
            return $"samples of {type.FileName()} are signed, and only unsigned ones lose half their range";
        }

        long size = Shape.Aggregate(1L, (product, dimension) => Math.Min(product * Math.Max(dimension, 0), int.MaxValue));
        return size is 0 or int.MaxValue || !input.IsKnown || input.Aggregate(1L, (product, dimension) => product * dimension) != size
                ? $"samples of the shape {Shape} do not have as many values as its input {input}"
            : IsTurned && input.Rank != 3 ? $"an input of {input} is no image, which could be turned"
            : null;
    }

    /// <summary>
    /// Samples as the network takes them. Those that have its own shape already, where that tells them from the callers', and those that
    /// came out of here are taken as they are.
    /// </summary>
    /// <param name="samples">The samples.</param>
    /// <param name="input">The shape of the network's input.</param>
    /// <param name="mayBeFirst">Whether the callers' samples may have their channels first.</param>
    /// <param name="model">The model, for errors.</param>
    /// <exception cref="QuantException">They have another shape, or the form is none for that input (<c>SampleFormInvalid</c>).</exception>
    internal SampleSet Fit(SampleSet samples, Shape input, bool mayBeFirst, string model)
    {
        Require(input, model);
        int[]? order = Order(input);
        bool isOwn = !IsTurned && Type is null
            && SampleInput.AreSame(samples.SampleShape, input) && !SampleInput.AreSame(samples.SampleShape, Shape);
        if (isOwn || (Type is null ? order is not null && samples.IsInOrder(order) : samples.ShiftedType == Type))
        {
            return samples;
        }

        SampleSet fitted = SampleInput.FitChannelsLast(samples, Shape, mayBeFirst, model);
        fitted = (order is null ? fitted : fitted.InOrder(order)).Reshape(input);
        return Type is { } type ? fitted.Shifted(type) : fitted;
    }

    /// <summary>Samples as callers have them, from those of the shape of the network's input.</summary>
    internal SampleSet Restore(SampleSet samples)
    {
        if (Order(samples.SampleShape) is { } order)
        {
            int[] back = new int[order.Length];
            for (int i = 0; i < order.Length; i++)
            {
                back[order[i]] = i;
            }

            samples = samples.InOrder(back, isMarked: false);
        }

        return samples.Reshape(Shape);
    }

    /// <summary>For each value of the network's input, which of the caller's it is; null where they come one after the other.</summary>
    private int[]? Order(Shape input)
    {
        if (Axes is null && !IsTurned)
        {
            return null;
        }

        int[] order = Axes is { } axes ? Permuted(axes) : [.. Enumerable.Range(0, Shape.Size)];
        if (!IsTurned)
        {
            return order;
        }

        int channels = input[^1];
        int last = order.Length - channels;
        int[] turned = new int[order.Length];
        for (int cell = 0; cell < order.Length; cell += channels)
        {
            Array.Copy(order, cell, turned, last - cell, channels);
        }

        return turned;
    }

    private int[] Permuted(ValueList<int> axes)
    {
        int[] strides = new int[Shape.Rank];
        int stride = 1;
        for (int axis = Shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Shape[axis];
        }

        int[] order = new int[stride];
        int[] place = new int[Shape.Rank];
        for (int i = 0; i < order.Length; i++)
        {
            for (int axis = 0; axis < place.Length; axis++)
            {
                order[i] += place[axis] * strides[axes[axis]];
            }

            for (int axis = place.Length - 1; axis >= 0 && ++place[axis] == Shape[axes[axis]]; axis--)
            {
                place[axis] = 0;
            }
        }

        return order;
    }
}
