using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Numerics;

namespace AkidaQuant.Akida.Layers;

/// <summary>An Akida 1.0 layer with weights: sums, a pool, then an activation that counts thresholds (convert.md 9.4).</summary>
public abstract record AkidaV1Layer : AkidaLayer
{
    /// <summary>Magnitude bits of sums: Akida 1.0 weights and inputs are so narrow that no sum comes near.</summary>
    protected const int SumValueBits = 31;

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

    /// <summary>Float outputs: the potentials, threshold subtracted, divided by <c>act_step</c> (convert.md 9.3).</summary>
    public override AkidaOperation? CreateDequantization(AkidaTensor output)
    {
        if (Activation)
        {
            return null;
        }

        float[] steps = Steps(output.Shape.Channels);
        return (tensors, result, batch) =>
        {
            var potentials = (IntegerData)tensors[0];
            Span<float> values = ((FloatData)result).Values(batch);
            long[] integers = new long[values.Length];
            potentials.CopyTo(integers, batch);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = integers[i] / steps[i % steps.Length];
            }
        };
    }

    /// <summary>The steps after the sum.</summary>
    private protected AccumulatorStages CreateStages(
        Shape shape, ValueRange sums, PoolType poolType = PoolType.NoPooling, ConvolutionGeometry window = default)
    {
        AccumulatorStages stages = new(Sums(shape, sums));
        if (poolType == PoolType.Max)
        {
            MaxPooling pooling = new(window);
            stages.Add(Sums(window.OutputShape, sums), pooling.Run, inPlace: false);
        }
        else if (poolType == PoolType.Average)
        {
            int positions = shape[0] * shape[1];
            sums = new ValueRange(sums.Min * positions, sums.Max * positions).Clamp(ValueRange.OfBits(SumValueBits));
            GlobalSum sum = new(positions, shape.Channels, null, SumValueBits);
            stages.Add(Sums(new Shape(1, 1, shape.Channels), sums), sum.Run, inPlace: false);
        }

        AddActivation(stages, sums);
        return stages;
    }

    private void AddActivation(AccumulatorStages stages, ValueRange sums)
    {
        Shape shape = stages.Result.Shape;
        int channels = shape.Channels;
        int[] thresholds = PerChannel("threshold", channels, 0);
        if (Activation)
        {
            LevelCounting counting = new(thresholds, Steps(channels), ActBits);
            stages.Add(AkidaTensor.Integers(shape, ActBits, signed: false), counting.Run, inPlace: false);
            return;
        }

        BiasAddition subtraction = new(Array.ConvertAll(thresholds, threshold => -(long)threshold), SumValueBits);
        ValueRange potentials = new ValueRange(sums.Min - Math.Max(0, thresholds.Max()), sums.Max - Math.Min(0L, thresholds.Min()))
            .Clamp(ValueRange.OfBits(SumValueBits));
        stages.Add(AkidaTensor.Integers(shape, SumValueBits + 1, true, potentials), (input, output, batch) =>
        {
            IntegerCopy.Copy(input, output, batch);
            subtraction.Run(output, batch);
        }, inPlace: false);
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

    private static AkidaTensor Sums(Shape shape, ValueRange range) => AkidaTensor.Integers(shape, SumValueBits + 1, true, range);
}
