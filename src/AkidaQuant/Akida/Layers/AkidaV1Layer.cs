using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>An Akida 1.0 layer with weights: sums, a pool, then an activation that counts thresholds (convert.md 9.4).</summary>
public abstract record AkidaV1Layer : AkidaLayer
{
    /// <summary>Magnitude bits of sums: Akida 1.0 weights and inputs are so narrow that no sum comes near.</summary>
    protected const int SumValueBits = 31;

    private static readonly AccumulatorWidth Width = AccumulatorWidth.Saturating(SumValueBits);

    /// <summary>Bits of the weights.</summary>
    public int WeightsBits { get; init; } = 1;

    /// <summary>Whether outputs are levels of <c>act_step</c> above <c>threshold</c>; potentials otherwise.</summary>
    public bool Activation { get; init; } = true;

    /// <summary>Bits of the levels.</summary>
    public int ActBits { get; init; } = 1;

    /// <inheritdoc/>
    public override AkidaVersion? Version => AkidaVersion.V1;

    /// <summary>The parameters that all these layers have.</summary>
    protected IEnumerable<KeyValuePair<string, object>> ActivationParameters =>
        [new("weights_bits", WeightsBits), new("activation", Activation), new("act_bits", ActBits)];

    /// <summary>What the variables of the activation must be (akida-model.md 1.3).</summary>
    /// <param name="channels">The channels of the output.</param>
    private protected static IEnumerable<AkidaVariableRule> ActivationRules(int channels) =>
    [
        AkidaVariableRule.PerChannel("threshold", "int32", int.MinValue, int.MaxValue, channels),
        AkidaVariableRule.Positive("act_step", channels),
    ];

    /// <summary>Float outputs: the potentials, threshold subtracted, divided by <c>act_step</c> (convert.md 9.3).</summary>
    internal override PotentialScaling? CreateDequantization(int channels) => Activation ? null : new PotentialScaling(Steps(channels));

    /// <summary>The window of a maximum pool over the sums; null for none.</summary>
    /// <exception cref="QuantException">It does not fit into the sums.</exception>
    private protected virtual ConvolutionGeometry? MaxPool(Shape sums) => null;

    /// <summary>Whether all positions of an image are summed; the division is part of the steps.</summary>
    private protected virtual bool SumsPositions => false;

    /// <summary>The whole layer: its sums, a pool, then the activation or the subtraction of the threshold (convert.md 9.4).</summary>
    /// <param name="shape">The shape of the sums.</param>
    /// <param name="sums">The integers that they can be.</param>
    /// <param name="linear">Computes them.</param>
    /// <param name="macs">Multiplications of a sample.</param>
    /// <exception cref="QuantException">A variable or the pool does not fit.</exception>
    private protected PreparedLayer Finish(Shape shape, ValueRange sums, LinearPart linear, long macs)
    {
        int channels = shape.Channels;
        LayerTail tail = LayerTail.OfIntegers(shape, sums);
        if (MaxPool(shape) is { } window)
        {
            tail.AddMaxPool(window);
        }
        else if (SumsPositions)
        {
            tail.AddSum(new Shape(1, 1, channels), null, Width);
        }

        int[] thresholds = PerChannel("threshold", channels, 0);
        if (Activation)
        {
            QuantizedSpec levels = AkidaTensors.Integers(tail.Shape, ActBits, signed: false);
            float[] steps = Steps(channels);
            tail.Add(new LevelCounting(thresholds, steps, ActBits), levels.Range);
            return tail.Prepare(levels, () => linear, macs: macs);
        }

        tail.AddBias(Array.ConvertAll(thresholds, threshold => -(long)threshold), Width);
        return tail.Prepare(AkidaTensors.Integers(tail.Shape, SumValueBits + 1, true, tail.Range), () => linear, macs: macs);
    }

    private float[] Steps(int channels)
    {
        float[] steps = Variables.Find<float>("act_step")?.Values ?? [1f];
        if (steps.Length != 1 && steps.Length != channels)
        {
            throw Invalid("AkidaVariableShape", $"its variable 'act_step' must have 1 or {channels} values, but it has {steps.Length}.");
        }

        return Array.TrueForAll(steps, step => float.IsFinite(step) && step > 0)
            ? steps.Length == channels ? steps : [.. Enumerable.Repeat(steps[0], channels)]
            : throw Invalid("AkidaVariableInvalid", "its variable 'act_step' must hold positive numbers.");
    }
}
