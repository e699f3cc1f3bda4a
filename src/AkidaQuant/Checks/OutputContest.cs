using AkidaQuant.Execution;

namespace AkidaQuant.Checks;

/// <summary>
/// Compares the outputs of two quantized models with those of a float one, which runs once for both. Results are those of
/// <see cref="OutputError"/> for each of them.
/// </summary>
internal static class OutputContest
{
    /// <summary>Runs samples through all three models.</summary>
    /// <param name="first">A quantized model that keeps no state.</param>
    /// <param name="second">Another one.</param>
    /// <param name="floating">The float model, with as many outputs in the same order.</param>
    /// <param name="samples">The samples, in the shape that the models take.</param>
    /// <param name="kept">What the float model gave for them, where it ran before; else null.</param>
    /// <param name="threads">The most threads, which never changes a result.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException">
    /// The samples do not fit the models; <c>OutputsDiffer</c>: the outputs of the models have other shapes.
    /// </exception>
    public static (OutputError First, OutputError Second) Run(
        Model first,
        Model second,
        Model floating,
        SampleSet samples,
        float[][]? kept,
        int threads,
        CancellationToken cancellation)
    {
        OutputSums[] ofFirst = OutputError.Outputs(first, floating);
        OutputSums[] ofSecond = OutputError.Outputs(second, floating);
        int size = Math.Min(kept is null ? KeptOutputs.MostSamples(floating) : samples.Count, samples.Count);
        for (int start = 0; start < samples.Count; start += size)
        {
            int from = start;
            int count = Math.Min(size, samples.Count - start);
            float[][] expected = kept ?? Outputs(floating, samples, from, count, threads, cancellation);
            SideBySide.Run(threads, own => Add(first, ofFirst, own), own => Add(second, ofSecond, own));

            bool Add(Model model, OutputSums[] sums, int own)
            {
                float[][] actual = Outputs(model, samples, from, count, own, cancellation);
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i].Add(expected[i], actual[i]);
                }

                return true;
            }
        }

        return (OutputError.Of(ofFirst), OutputError.Of(ofSecond));
    }

    /// <summary>What a model gives for some samples, an array an output.</summary>
    private static float[][] Outputs(
        Model model, SampleSet samples, int start, int count, int threads, CancellationToken cancellation)
    {
        int[] steps = KeptOutputs.StepsOf(model);
        int[] sizes = KeptOutputs.SizesOf(model);
        float[][] values = Array.ConvertAll(sizes, size => new float[count * size]);
        RunnerResults results = RunnerResults.Of(steps);
        SampleChunks chunks = SampleChunks.Of(model.Plan.BytesPerSample(results), count, threads);
        using RunnerLease runners = new(model.Plan, chunks, results);
        runners.Run(start, count, (runner, at, batch) =>
        {
            SampleInput.Load(samples, at, batch, runner.Input, model.Input.Integers, model.Name);
            runner.Run(batch, cancellation);
            for (int i = 0; i < steps.Length; i++)
            {
                runner[steps[i]].CopyTo(values[i].AsSpan((at - start) * sizes[i], batch * sizes[i]), batch);
            }
        }, cancellation);
        return values;
    }
}
