using AkidaQuant.Execution;

namespace AkidaQuant.Checks;

/// <summary>What a layer's error owes to sums that saturate.</summary>
/// <param name="Probe">The sums.</param>
/// <param name="NoiseShare">The part of the error that the outputs of such sums have, from 0 to 1.</param>
/// <param name="Channels">The channels in which sums saturate.</param>
internal sealed record SumDamage(SumProbe Probe, double NoiseShare, bool[] Channels)
{
    /// <summary>Runs a layer once more on what it gets; null where no sum of it can saturate.</summary>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="floating">The float model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="samples">A few samples, or those of one time step.</param>
    public static SumDamage? Of(Model quantized, Model floating, LayerErrors layer, SampleSet samples)
    {
        if (SumProbe.Of(layer.Step) is not { } probe)
        {
            return null;
        }

        int batch = samples.Count;
        int position = layer.Compared.Actual;
        int[] inputs = layer.Step.Inputs.Count == 0 ? [ExecutionPlan.ModelInput] : [.. layer.Step.Inputs];
        PlanRunner runner = new(quantized.Plan, batch, RunnerResults.Of([.. inputs, position]));
        SampleInput.Load(samples, 0, batch, runner.Input, quantized.Input.Integers, quantized.Name);
        runner.Run(batch);
        bool[] saturated = probe.Run([.. inputs.Select(input => runner[input])], batch);

        PlanRunner floats = new(floating.Plan, batch, RunnerResults.Of([layer.Compared.Expected]));
        SampleInput.Load(samples, 0, batch, floats.Input, floating.Input.Integers, floating.Name);
        floats.Run(batch);
        Span<float> expected = ((FloatData)floats[layer.Compared.Expected]).Values(batch);
        float[] actual = new float[expected.Length];
        runner[position].CopyTo(actual, batch);
        float[] steps = layer.Compared.Real.Steps;
        if (saturated.Length != actual.Length)
        {
            return null;
        }

        bool[] channels = new bool[steps.Length];
        double all = 0;
        double noise = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double difference = ((double)actual[i] * steps[i % steps.Length]) - expected[i];
            all += difference * difference;
            if (saturated[i])
            {
                noise += difference * difference;
                channels[i % steps.Length] = true;
            }
        }

        return new SumDamage(probe, all == 0 ? 0 : noise / all, channels);
    }
}
