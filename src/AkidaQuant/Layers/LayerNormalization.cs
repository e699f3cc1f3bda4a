using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>Values less the mean of those along the last axes, divided by their deviation, in float.</summary>
[LayerClass("LayerNormalization")]
public sealed record LayerNormalization : Layer
{
    /// <summary>The axes, the batch counted as 0, negative from the end: the last ones.</summary>
    public IReadOnlyList<int> Axes { get; init; } = [-1];

    /// <summary>What is added to the variance.</summary>
    public float Epsilon { get; init; } = 0.001f;

    /// <summary>Whether there is a factor.</summary>
    public bool Scale { get; init; } = true;

    /// <summary>Whether there is an offset.</summary>
    public bool Center { get; init; } = true;

    /// <summary>The factor, of the shape of the axes.</summary>
    public NdArray<float> Gamma { get; init; } = NoWeights;

    /// <summary>The offset, of the shape of the axes.</summary>
    public NdArray<float> Beta { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => AffineWeights.Variables(Name, Scale ? Gamma : null, Center ? Beta : null);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("axis", TrailingAxes.Write(Axes)),
        new("epsilon", LayerArguments.Shortest(Epsilon)),
        .. AffineWeights.Arguments(this, Center, Scale),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static LayerNormalization Read(LayerArguments arguments)
    {
        double epsilon = arguments.Number("epsilon", 0.001);
        arguments.RequireWritten("epsilon", epsilon >= 0, "a number from 0 on");
        return arguments.Bool("rms_scaling", false)
            ? throw new QuantException(
                "LayerNotSupported",
                QuantErrorKind.NotSupported,
                $"Layer '{arguments.Name}' (LayerNormalization): normalizing without a mean ('rms_scaling') is not computed here. Train the model with a LayerNormalization or BatchNormalization of the usual kind.",
                arguments.Name)
            : new LayerNormalization
            {
                Name = arguments.Name,
                Axes = arguments.Dimensions("axis") ?? [-1],
                Epsilon = (float)epsilon,
                Scale = arguments.Bool("scale", true),
                Center = arguments.Bool("center", true),
            };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) =>
        AffineWeights.Shapes(TrailingAxes.Of(Axes, inputs[0]), Scale, Center);

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, (Scale ? 1 : 0) + (Center ? 1 : 0));
        int[] any = [.. Enumerable.Repeat(Shape.Unknown, Axes.Count)];
        NdArray<float> gamma = Scale ? ExpectShape("gamma", values[0], any) : NoWeights;
        NdArray<float> beta = Center ? ExpectShape("beta", values[^1], Scale ? gamma.Shape.ToArray() : any) : NoWeights;
        return this with { Gamma = gamma, Beta = beta };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int length = TrailingAxes.Length(this, Axes, input);
        if (input.IsKnown && AffineWeights.Misfit(Scale ? Gamma : null, Center ? Beta : null, length) is { } found)
        {
            throw DoesNotFit($"its weights are for {found} values, but it normalizes {length} of its input {input}.");
        }

        return PreparedLayer.Divided(new FloatSpec(input), () =>
        {
            MomentNormalization kernel = new(1, length, 1, Epsilon, Scale ? Gamma.Values : null, Center ? Beta.Values : null);
            return (tensors, output, batch, share) => kernel.Run(
                ((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch * (input.Size / length), share);
        });
    }
}
