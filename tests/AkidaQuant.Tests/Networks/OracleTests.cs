using AkidaQuant.Execution;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

public class OracleTests
{
    private const int Networks = 1200;

    [Fact]
    public void Every_integer_of_every_layer_is_what_the_plain_operations_give()
    {
        int quantized = 0;
        long compared = 0;
        AdversarialNetwork.Any.Sample(
            network =>
            {
                Model model;
                try
                {
                    model = Quantizer.Quantize(network.Model, network.Options);
                }
                catch (QuantException)
                {
                    return;
                }

                Interlocked.Increment(ref quantized);
                Interlocked.Add(ref compared, Compare(model, network.Samples));
            },
            iter: Networks,
            threads: 1);
        Assert.True(quantized > Networks / 3, $"Only {quantized} of {Networks} networks could be quantized.");
        Assert.True(compared > 10 * Networks, $"Only {compared} integers were compared.");
    }

    private static long Compare(Model model, SampleSet samples)
    {
        IReadOnlyDictionary<string, QuantizedOracle.Value> expected = QuantizedOracle.Run(model, samples);
        PlanRunner runner = new(model.Plan, samples.Count);
        SampleInput.Load(samples, 0, samples.Count, runner.Input, model.Input.Integers, model.Name);
        runner.Run(samples.Count);
        long compared = 0;
        for (int step = 0; step < model.Plan.Steps.Count; step++)
        {
            PlanStep<Node> layer = model.Plan.Steps[step];
            if (layer.Prepared.Output is not QuantizedSpec spec)
            {
                continue;
            }

            QuantizedOracle.Value value = expected[layer.Node.Name];
            var data = (IntegerData)runner[step];
            long[] integers = new long[samples.Count * data.SampleSize];
            data.CopyTo(integers, samples.Count);
            Assert.True(value.Tensor.Values.Values.AsSpan().SequenceEqual(integers), $"The integers of '{layer.Node.Name}' differ.");
            Assert.Equal(value.Tensor.ValueBits, spec.ValueBits);
            Assert.Equal(Channels(value.Tensor.FracBits, spec), Channels(spec.FracBits, spec));
            Assert.Equal(value.Scales is { } own ? Channels(own, spec) : null, spec.Scales is { } scales ? Channels(scales, spec) : null);
            compared += integers.Length;
        }

        return compared;
    }

    /// <summary>One value for each channel; the only one of a vector of one serves all (numerics.md 2.1).</summary>
    private static T[] Channels<T>(ScalarOrVector<T> values, QuantizedSpec spec)
        where T : struct =>
        values.Count == 1 ? ScalarOrVector<T>.Scalar(values[0]).Expand(spec.Shape.Channels) : values.Expand(spec.Shape.Channels);
}
