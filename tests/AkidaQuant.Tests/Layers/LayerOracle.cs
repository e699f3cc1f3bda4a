using AkidaQuant.Layers;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Reference;

namespace AkidaQuant.Tests.Layers;

/// <summary>Compares one layer with the oracle.</summary>
internal static class LayerOracle
{
    private const int Batch = 2;

    /// <summary>
    /// The layer makes of random integers, the ends of their range often among them, what the plain operations make of them.
    /// </summary>
    public static void AssertSame(QuantizedLayer layer, int seed, params QuantizedSpec[] inputs)
    {
        Random random = new(seed);
        long[][] values = [.. inputs.Select(spec => Integers(random, spec))];
        LayerRun run = new(layer, Batch, inputs);
        QuantizedOracle.Value expected = QuantizedOracle.Of(layer, Batch, [.. inputs.Zip(values, Value)]);
        Assert.Equal(expected.Tensor.Values.Values, run.Run(values));
        Assert.Equal(expected.Tensor.Shape, run.Shape.Prepend(Batch));
        Assert.Equal(expected.Tensor.ValueBits, run.Output.ValueBits);
        int channels = run.Shape.Channels;
        Assert.Equal(All(expected.Tensor.FracBits, channels), All(run.Output.FracBits, channels));
        Assert.Equal(expected.Scales is { } scales ? All(scales, channels) : [], run.Output.Scales is { } own ? All(own, channels) : []);
    }

    private static QuantizedOracle.Value Value(QuantizedSpec spec, long[] values) => new(
        new FixedPoint(new NdArray<long>(spec.Shape.Prepend(Batch), values), spec.ValueBits, spec.FracBits),
        spec.Scales,
        spec.HasConstantScales);

    private static long[] Integers(Random random, QuantizedSpec spec)
    {
        long[] values = new long[Batch * spec.Shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(8) switch
            {
                0 => spec.Range.Min,
                1 => spec.Range.Max,
                _ => random.NextInt64(spec.Range.Min, spec.Range.Max + 1),
            };
        }

        return values;
    }

    private static IEnumerable<T> All<T>(ScalarOrVector<T> values, int count)
        where T : struct => Enumerable.Range(0, count).Select(i => values[values.Count == 1 ? 0 : i]);
}
