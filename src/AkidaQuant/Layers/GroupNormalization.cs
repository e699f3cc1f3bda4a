using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>Values less the mean of their group of channels over all positions, divided by its deviation, in float.</summary>
[LayerClass("GroupNormalization")]
public sealed record GroupNormalization : Layer
{
    /// <summary>The number of groups of channels; -1 for as many as channels.</summary>
    public int Groups { get; init; } = 32;

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

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => AffineWeights.Variables(Name, Scale ? Gamma : null, Center ? Beta : null);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("groups", (long)Groups),
        new("axis", -1L),
        new("epsilon", LayerArguments.Shortest(Epsilon)),
        .. AffineWeights.Arguments(this, Center, Scale),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static GroupNormalization Read(LayerArguments arguments)
    {
        double epsilon = arguments.Number("epsilon", 0.001);
        arguments.RequireWritten("epsilon", epsilon >= 0, "a number from 0 on");
        int groups = arguments.Int("groups", 32);
        return arguments.Int("axis", -1) != -1 ? throw arguments.Wrong("axis", arguments["axis"], "-1")
            : groups is -1 or > 0 ? new GroupNormalization
            {
                Name = arguments.Name,
                Groups = groups,
                Epsilon = (float)epsilon,
                Scale = arguments.Bool("scale", true),
                Center = arguments.Bool("center", true),
            }
            : throw arguments.Wrong("groups", arguments["groups"], "a positive number, or -1 for as many as channels");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs) =>
        AffineWeights.Shapes(new Shape(inputs[0].Channels), Scale, Center);

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, (Scale ? 1 : 0) + (Center ? 1 : 0));
        NdArray<float> gamma = Scale ? ExpectShape("gamma", values[0], Shape.Unknown) : NoWeights;
        NdArray<float> beta = Center ? ExpectShape("beta", values[^1], Scale ? gamma.Shape[0] : Shape.Unknown) : NoWeights;
        return this with { Gamma = gamma, Beta = beta };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int channels = input.Channels;
        int groups = Groups == -1 ? channels : Groups;
        if (input.Rank == 0 || channels % groups != 0)
        {
            throw DoesNotFit($"{groups} groups do not divide the {channels} channels of its input {input}.");
        }

        if (AffineWeights.Misfit(Scale ? Gamma : null, Center ? Beta : null, channels) is { } found)
        {
            throw DoesNotFit($"its weights are for {found} channels, but its input {input} has {channels}.");
        }

        return PreparedLayer.Divided(new FloatSpec(input), () =>
        {
            MomentNormalization kernel = new(
                input.Size / channels, channels, groups, Epsilon, Scale ? Gamma.Values : null, Center ? Beta.Values : null);
            return (tensors, output, batch, share) =>
                kernel.Run(((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch, share);
        });
    }
}
