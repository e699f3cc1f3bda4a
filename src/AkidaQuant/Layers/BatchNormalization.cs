using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>
/// Normalization with stored statistics, in float. Quantization folds it into the layer before it
/// (transforms.md 4.11).
/// </summary>
[LayerClass("BatchNormalization")]
public sealed record BatchNormalization : Layer
{
    /// <summary>The axis that is normalized, the batch counted as 0; -1 for the last.</summary>
    public int Axis { get; init; } = -1;

    /// <summary>What is added to the variance.</summary>
    public float Epsilon { get; init; } = 0.001f;

    /// <summary>Whether there is a factor.</summary>
    public bool Scale { get; init; } = true;

    /// <summary>Whether there is an offset.</summary>
    public bool Center { get; init; } = true;

    /// <summary>The factor, one value a channel.</summary>
    public NdArray<float> Gamma { get; init; } = NoWeights;

    /// <summary>The offset, one value a channel.</summary>
    public NdArray<float> Beta { get; init; } = NoWeights;

    /// <summary>The mean, one value a channel.</summary>
    public NdArray<float> MovingMean { get; init; } = NoWeights;

    /// <summary>The variance, one value a channel.</summary>
    public NdArray<float> MovingVariance { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables
    {
        get
        {
            List<Variable> variables = [];
            if (Scale)
            {
                variables.Add(new Variable($"{Name}/gamma:0", Gamma));
            }

            if (Center)
            {
                variables.Add(new Variable($"{Name}/beta:0", Beta));
            }

            variables.Add(new Variable($"{Name}/moving_mean:0", MovingMean, Trainable: false));
            variables.Add(new Variable($"{Name}/moving_variance:0", MovingVariance, Trainable: false));
            return variables;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => 
    [
        new("axis", Axis < 0 ? (object)(long)Axis : LayerArguments.List([(long)Axis])),
        Kept("momentum", 0.99),
        new("epsilon", LayerArguments.Shortest(Epsilon)),
        new("center", Center),
        new("scale", Scale),
        Kept("beta_initializer", Initializers.Zeros),
        Kept("gamma_initializer", Initializers.Ones),
        Kept("moving_mean_initializer", Initializers.Zeros),
        Kept("moving_variance_initializer", Initializers.Ones),
        Kept("beta_regularizer"),
        Kept("gamma_regularizer"),
        Kept("beta_constraint"),
        Kept("gamma_constraint"),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static BatchNormalization Read(LayerArguments arguments)
    {
        int[] axes = arguments["axis"] is IReadOnlyList<object?> ? arguments.Dimensions("axis")! : [arguments.Int("axis", -1)];
        double epsilon = arguments.Number("epsilon", 0.001);
        arguments.RequireWritten("epsilon", epsilon >= 0, "a number from 0 on");
        return axes.Length == 1
            ? new BatchNormalization
            {
                Name = arguments.Name,
                Axis = axes[0],
                Epsilon = (float)epsilon,
                Scale = arguments.Bool("scale", true),
                Center = arguments.Bool("center", true),
            }
            : throw arguments.Wrong("axis", arguments["axis"], "one axis");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        int axis = Axis < 0 ? inputs[0].Rank + Axis : Axis - 1;
        Shape channels = new(axis >= 0 && axis < inputs[0].Rank ? inputs[0][axis] : inputs[0].Channels);
        return
        [
            .. Scale ? [new WeightShape(channels, "ones", "gamma_initializer")] : Array.Empty<WeightShape>(),
            .. Center ? [new WeightShape(channels, "zeros", "beta_initializer")] : Array.Empty<WeightShape>(),
            new WeightShape(channels, "zeros", "moving_mean_initializer"),
            new WeightShape(channels, "ones", "moving_variance_initializer"),
        ];
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, 2 + (Scale ? 1 : 0) + (Center ? 1 : 0));
        int next = 0;
        NdArray<float> gamma = Scale ? ExpectShape("gamma", values[next++], Shape.Unknown) : NoWeights;
        NdArray<float> beta = Center ? ExpectShape("beta", values[next++], Shape.Unknown) : NoWeights;
        NdArray<float> mean = ExpectShape("moving_mean", values[next++], Shape.Unknown);
        NdArray<float> variance = ExpectShape("moving_variance", values[next], mean.Shape[0]);
        return this with { Gamma = gamma, Beta = beta, MovingMean = mean, MovingVariance = variance };
    }

    /// <summary>The factor of each channel in float32, in the order of operations of transforms.md 4.11.</summary>
    public float[] Factors()
    {
        float[] factors = new float[MovingVariance.Values.Length];
        for (int i = 0; i < factors.Length; i++)
        {
            factors[i] = (Scale ? Gamma.Values[i] : 1f) / MathF.Sqrt(MovingVariance.Values[i] + Epsilon);
        }

        return factors;
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int axis = Axis < 0 ? input.Rank + Axis : Axis - 1;
        int channels = MovingMean.Values.Length;
        if (axis < 0 || axis >= input.Rank || input[axis] != channels)
        {
            throw DoesNotFit($"it normalizes {channels} channels on axis {Axis}, but its input is {input}.");
        }

        int inner = new Shape(input.ToArray()[(axis + 1)..]) is { IsKnown: true } rest ? rest.Size : 1;
        ChannelAffine Create()
        {
            float[] beta = Center ? Beta.Values : new float[channels];
            return new ChannelAffine(Spread(MovingMean.Values, inner), Spread(Factors(), inner), Spread(beta, inner));
        }

        // On another axis than the last the values repeat after more than a row of channels.
        return inner == 1
            ? PreparedLayer.OfFunction(input, () => Create().Finish)
            : new PreparedLayer(new FloatSpec(input), () =>
            {
                ChannelAffine affine = Create();
                return (tensors, output, batch) => affine.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch));
            });
    }

    /// <summary>Every value as often as the axes behind the channels have elements.</summary>
    private static float[] Spread(float[] values, int inner)
    {
        if (inner == 1)
        {
            return values;
        }

        float[] spread = new float[values.Length * inner];
        for (int i = 0; i < values.Length; i++)
        {
            Array.Fill(spread, values[i], i * inner, inner);
        }

        return spread;
    }
}
