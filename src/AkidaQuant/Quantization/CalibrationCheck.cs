using AkidaQuant.Checks;
using AkidaQuant.Execution;

namespace AkidaQuant.Quantization;

/// <summary>
/// Runs some of the samples that a model was calibrated with through both networks, keeps with the model what that says, and warns of
/// damage. How many samples follows from counts alone, and no clock decides.
/// </summary>
internal static class CalibrationCheck
{
    /// <summary>At most 32 samples; both networks together take about a tenth of the time then.</summary>
    private static readonly SampleChoice Choice = new(CalibratedPerSample: 24, Least: 1, Most: 32);

    /// <summary>The model with its check.</summary>
    /// <param name="quantized">The calibrated model.</param>
    /// <param name="floating">The rewritten float model.</param>
    /// <param name="samples">The samples that it was calibrated with.</param>
    /// <param name="options">Batches, threads, and who is told.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Model Run(Model quantized, Model floating, SampleSet samples, QuantizeOptions options)
    {
        (SampleSet ordered, int batchSize, int batches) = Calibration.Batches(floating, samples, options);
        ordered = floating.Input.Fit(ordered, floating.Name);
        (SampleSet chosen, int? streams) = floating.IsStateful
            ? Steps(ordered, batchSize, batches, Choice.Number(floating, ordered.Count))
            : (Choice.Spread(ordered, (int)Math.Min((long)batchSize * batches, ordered.Count), floating), null);
        QuantCheck check;
        try
        {
            check = NetworkCheck.Run(quantized, floating, chosen, streams, SampleBatches.Threads(options.Threads), options.Cancellation);
        }
        catch (QuantException error)
        {
            // What cannot run says so when it runs: quantizing it has been done.
            options.Verbose?.Invoke($"The quantized model could not be checked: {error.Message}");
            return quantized;
        }

        foreach (string line in options.Verbose is null ? [] : check.Lines())
        {
            options.Verbose!(line);
        }

        if (check.Warning is { } warning)
        {
            options.Warning?.Invoke(warning);
        }

        return quantized.WithCheck(check);
    }

    /// <summary>Time steps from the first on, of as many streams as the number of samples allows.</summary>
    private static (SampleSet Samples, int? Streams) Steps(SampleSet samples, int streams, int steps, int number)
    {
        int taken = Math.Min(steps, number);
        int wide = Math.Clamp(number / taken, 1, streams);
        return (
            samples.Select(
            [
                .. Enumerable.Range(0, taken).SelectMany(step =>
                    Enumerable.Range(0, wide).Select(stream => (step * streams) + (int)((long)stream * streams / wide))),
            ]),
            wide);
    }
}
