using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Akida;

/// <summary>Runs an Akida model beside the quantized model that it was converted from.</summary>
internal sealed class EmulatorComparison
{
    private const int Batch = 16;

    /// <summary>Integers before the Dequantizer that were compared.</summary>
    public long Potentials { get; private set; }

    public long DifferentPotentials { get; private set; }

    /// <summary>The largest distance of two potentials.</summary>
    public long LargestDifference { get; private set; }

    public long DifferentFloats { get; private set; }

    /// <summary>Samples whose largest output is another.</summary>
    public int DifferentClasses { get; private set; }

    public static EmulatorComparison Run(Model quantized, AkidaModel model, SampleSet samples)
    {
        PlanRunner expected = new(quantized.Plan, Batch);
        Assert.All(model.Plan.Steps, step => step.Node.CheckVariables(step.Taken[0].Shape));
        PlanRunner actual = model.Plan.CreateRunner(Batch);
        int dequantizer = -1;
        for (int i = quantized.Plan.Steps.Count - 1; i >= 0; i--)
        {
            dequantizer = quantized.Plan.Steps[i].Node.Layer is Dequantizer ? i : dequantizer;
        }

        int integers = dequantizer < 0 ? quantized.Plan.OutputStep : quantized.Plan.Steps[dequantizer].Inputs[0];
        EmulatorComparison comparison = new();
        SampleSet ours = quantized.Input.Fit(samples, quantized.Name);
        SampleSet theirs = model.Layers[0] is AkidaQuantizer { ChannelsFirst: true }
            ? SampleInput.FitChannelsFirst(samples, model.InputShape, model.Name)
            : ours;
        for (int start = 0; start < samples.Count; start += Batch)
        {
            int count = Math.Min(Batch, samples.Count - start);
            SampleInput.Load(ours, start, count, expected.Input, quantized.Input.Integers, quantized.Name);
            SampleInput.Load(theirs, start, count, actual.Input, quantized.Input.Integers, quantized.Name);
            expected.Run(count);
            actual.Run(count);
            comparison.Compare(
                Integers(expected[integers], count),
                Integers(actual[model.PotentialStep], count),
                expected[integers].SampleSize);
            if (dequantizer >= 0 && Floats(model, actual, count) is { } given)
            {
                Span<float> wanted = ((FloatData)expected[dequantizer]).Values(count);
                for (int i = 0; i < wanted.Length; i++)
                {
                    comparison.DifferentFloats += wanted[i] == given[i] ? 0 : 1;
                }
            }
        }

        if (model is { IpVersion: AkidaVersion.V2, Tail.Count: > 0 })
        {
            int? batch = quantized.IsStateful ? samples.Count : null;
            float[] wanted = [.. Inference.Run(quantized, samples, batch).SelectMany(outputs => outputs.Values)];
            float[] given = [.. Emulator.Run(model, samples, batch).SelectMany(outputs => outputs.Values)];
            Assert.Equal(wanted.Length, given.Length);
            comparison.DifferentFloats += wanted.Zip(given).Count(pair => !pair.First.Equals(pair.Second));
        }

        return comparison;
    }

    /// <summary>The real outputs, also those that Akida 1.0 models have without a Dequantizer; null where outputs are integers.</summary>
    public static float[]? Floats(AkidaModel model, PlanRunner runner, int batch)
    {
        if (runner.Output is FloatData floats)
        {
            return floats.Values(batch).ToArray();
        }

        if (model.Layers[^1].CreateDequantization(model.Plan.Output.Shape.Channels) is not { } dequantization)
        {
            return null;
        }

        float[] values = new float[batch * runner.Output.SampleSize];
        dequantization.Run((IntegerData)runner.Output, values, batch);
        return values;
    }

    public static long[] Integers(TensorData data, int batch)
    {
        long[] values = new long[batch * data.SampleSize];
        ((IntegerData)data).CopyTo(values, batch);
        return values;
    }

    private void Compare(long[] expected, long[] actual, int size)
    {
        Assert.Equal(expected.Length, actual.Length);
        Potentials += expected.Length;
        for (int i = 0; i < expected.Length; i++)
        {
            long difference = Math.Abs(expected[i] - actual[i]);
            DifferentPotentials += difference == 0 ? 0 : 1;
            LargestDifference = Math.Max(LargestDifference, difference);
        }

        for (int i = 0; i < expected.Length; i += size)
        {
            long[] wanted = expected[i..(i + size)];
            long[] given = actual[i..(i + size)];
            DifferentClasses += Array.IndexOf(wanted, wanted.Max()) == Array.IndexOf(given, given.Max()) ? 0 : 1;
        }
    }
}
