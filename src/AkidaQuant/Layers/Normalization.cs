using System.Numerics.Tensors;
using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// Values less a mean, divided by a deviation, both given or learned from data, in float. Repair, and quantization for networks from ONNX
/// files, take it into the kernel behind it as they take a batch normalization.
/// </summary>
[LayerClass("Normalization")]
public sealed record Normalization : Layer
{
    /// <summary>The least deviation that values are divided by.</summary>
    private const float LeastDeviation = 1e-7f;

    /// <summary>The axes that have means of their own, the batch counted as 0, negative from the end; none for one mean for all.</summary>
    public IReadOnlyList<int> Axes { get; init; } = [-1];

    /// <summary>Whether values are multiplied by the deviation instead, and the mean is added.</summary>
    public bool Invert { get; init; }

    /// <summary>Whether mean and variance are arguments of the layer, and no weights.</summary>
    public bool IsGiven { get; init; }

    /// <summary>The mean, of the shape of the axes.</summary>
    public NdArray<float> Mean { get; init; } = NoWeights;

    /// <summary>The variance, of the shape of the axes.</summary>
    public NdArray<float> Variance { get; init; } = NoWeights;

    /// <summary>Of how many values they were learned, which means nothing here.</summary>
    public NdArray<float> Count { get; init; } = NdArray<float>.Scalar(0);

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => IsGiven
        ? []
        :
        [
            new($"{Name}/mean:0", Mean, Trainable: false),
            new($"{Name}/variance:0", Variance, Trainable: false),
            new($"{Name}/count:0", Count, Trainable: false),
        ];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("axis", Axes.Count == 0 ? null : LayerArguments.ListOf(new Shape([.. Axes]))),
        new("mean", IsGiven ? Written(Mean) : null),
        new("variance", IsGiven ? Written(Variance) : null),
        new("invert", Invert),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Normalization Read(LayerArguments arguments)
    {
        float[]? mean = Flat(arguments, "mean");
        float[]? variance = Flat(arguments, "variance");
        if ((mean is null) != (variance is null))
        {
            string missing = mean is null ? "mean" : "variance";
            throw arguments.Wrong(missing, null, "given where the other of mean and variance is");
        }

        return new Normalization
        {
            Name = arguments.Name,
            Axes = arguments.Has("axis") ? arguments.Dimensions("axis") ?? [] : [-1],
            Invert = arguments.Bool("invert", false),
            IsGiven = mean is not null,
            Mean = mean is null ? NoWeights : NdArray<float>.Vector(mean),
            Variance = variance is null ? NoWeights : NdArray<float>.Vector(variance),
        };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        Shape shape = TrailingAxes.Of(Axes, inputs[0]);
        return IsGiven ? [] : [new WeightShape(shape, "zeros"), new WeightShape(shape, "ones"), new WeightShape(Shape.Scalar, "zeros")];
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, IsGiven ? 0 : 3);
        int[] any = [.. Enumerable.Repeat(Shape.Unknown, Axes.Count)];
        return IsGiven ? this : this with
        {
            Mean = ExpectShape("mean", values[0], any),
            Variance = ExpectShape("variance", values[1], values[0].Shape.ToArray()),
            Count = ExpectShape("count", values[2]),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int[] places = Places(input);
        int wanted = input.IsKnown ? new Shape([.. places.Select(axis => input[axis])]).Size : Mean.Size;
        if ((Mean.Size != wanted && Mean.Size != 1) || (Variance.Size != wanted && Variance.Size != 1))
        {
            string axes = string.Join(", ", Axes);
            throw DoesNotFit(
                $"it has {Mean.Size} means and {Variance.Size} variances, but the axes ({axes}) of its input {input} have {wanted}.");
        }

        return new PreparedLayer(new FloatSpec(input), () =>
        {
            float[] mean = Spread(Mean.Values, input, places);
            float[] deviation = Spread(Variance.Values, input, places);
            for (int i = 0; i < deviation.Length; i++)
            {
                deviation[i] = MathF.Max(MathF.Sqrt(deviation[i]), LeastDeviation);
            }

            return (tensors, output, batch) =>
            {
                ReadOnlySpan<float> values = ((FloatData)tensors[0]).Values(batch);
                Span<float> results = ((FloatData)output).Values(batch);
                for (int start = 0; start < values.Length; start += mean.Length)
                {
                    ReadOnlySpan<float> sample = values.Slice(start, mean.Length);
                    Span<float> result = results.Slice(start, mean.Length);
                    if (Invert)
                    {
                        TensorPrimitives.Multiply(sample, deviation, result);
                        TensorPrimitives.Add(result, mean, result);
                    }
                    else
                    {
                        TensorPrimitives.Subtract(sample, mean, result);
                        TensorPrimitives.Divide(result, deviation, result);
                    }
                }
            };
        });
    }

    /// <summary>
    /// What each channel is multiplied by, and what is added, in double precision; null where means differ within a channel.
    /// </summary>
    /// <param name="input">The shape of the input.</param>
    internal (double[] Factors, double[] Offsets)? Affine(Shape input)
    {
        int channels = input.Channels;
        if ((Mean.Size != 1 || Variance.Size != 1) && !Places(input).AsSpan().SequenceEqual([input.Rank - 1]))
        {
            return null;
        }

        (double[] factors, double[] offsets) = (new double[channels], new double[channels]);
        for (int i = 0; i < channels; i++)
        {
            double mean = Mean.Values[Mean.Size == 1 ? 0 : i];
            double deviation = Math.Max(MathF.Sqrt(Variance.Values[Variance.Size == 1 ? 0 : i]), LeastDeviation);
            factors[i] = Invert ? deviation : 1 / deviation;
            offsets[i] = Invert ? mean : -mean / deviation;
        }

        return (factors, offsets);
    }

    private int[] Places(Shape input)
    {
        int[] places = [.. Axes.Select(axis => axis < 0 ? axis + input.Rank : axis - 1).Order()];
        return places.Distinct().Count() == places.Length && places.All(axis => axis >= 0 && axis < input.Rank)
            ? places
            : throw DoesNotFit($"its axes ({string.Join(", ", Axes)}) are not those of its input {input}, each once.");
    }

    /// <summary>A value for each one of a sample.</summary>
    private static float[] Spread(float[] values, Shape input, int[] places)
    {
        float[] spread = new float[input.Size];
        int[] strides = new int[input.Rank];
        int stride = 1;
        foreach (int axis in places.Reverse())
        {
            strides[axis] = stride;
            stride *= input[axis];
        }

        for (int i = 0; i < spread.Length; i++)
        {
            int rest = i;
            int at = 0;
            for (int axis = input.Rank - 1; axis >= 0; axis--)
            {
                at += rest % input[axis] * strides[axis];
                rest /= input[axis];
            }

            spread[i] = values[values.Length == 1 ? 0 : at];
        }

        return spread;
    }

    private static object Written(NdArray<float> values) =>
        values.Size == 1 ? (double)values.Values[0] : LayerArguments.ListOf(values.Values)!;

    /// <summary>
    /// Numbers in lists of any depth, as Keras writes means that it brought into the shape of a batch; null when missing.
    /// </summary>
    private static float[]? Flat(LayerArguments arguments, string key)
    {
        object? given = arguments[key];
        if (given is null)
        {
            return null;
        }

        // A loop, because a file can nest lists as deep as it wants to.
        List<float> values = [];
        Stack<object?> open = new([given]);
        while (open.TryPop(out object? item))
        {
            switch (item)
            {
                case IReadOnlyList<object?> list:
                    foreach (object? inner in list.Reverse())
                    {
                        open.Push(inner);
                    }

                    break;
                case long number:
                    values.Add(number);
                    break;
                case double number:
                    values.Add((float)number);
                    break;
                default:
                    throw arguments.Wrong(key, given, "a number, or a list of numbers");
            }
        }

        return values.Count > 0 ? [.. values] : throw arguments.Wrong(key, given, "a number, or a list of numbers");
    }
}
