using System.Globalization;
using AkidaQuant.Checks;
using AkidaQuant.Execution;
using AkidaQuant.Layers;

namespace AkidaQuant.Quantization;

/// <summary>
/// The default scheme for networks whose integers no reference gives, as those from ONNX files: that of Keras networks, but for what
/// it loses. Ranges that do not fit their bits are mended by <see cref="RangeFit"/>, sums that do not fit their accumulators by
/// <see cref="SumFit"/>; a network where nothing is wrong gets the integers of the plain scheme.
/// </summary>
internal static class FreeScheme
{
    /// <summary>The samples that decide whether mended ranges serve a network.</summary>
    private static readonly SampleChoice Choice = new(CalibratedPerSample: 24, Least: 4, Most: 32);

    /// <summary>
    /// Keeps the outputs of the float network for the samples that decide, so that these need not run again behind calibration; null
    /// where nothing is decided by samples.
    /// </summary>
    /// <param name="floating">The rewritten float network.</param>
    /// <param name="samples">The samples that calibrate.</param>
    public static KeptOutputs? Outputs(Model floating, SampleSet samples) => floating.IsStateful || !floating.Input.IsFromOnnx
        ? null
        : KeptOutputs.For(floating, Choice.Positions(samples.Count, floating));

    /// <summary>The calibrated model, which remembers its float network.</summary>
    /// <param name="floating">The rewritten float network.</param>
    /// <param name="quantized">The quantized model made from it, not calibrated.</param>
    /// <param name="structure">The same without biases and bounds (<see cref="BiasFreeForm"/>).</param>
    /// <param name="ranges">What calibration saw.</param>
    /// <param name="samples">The samples it saw; null where none are known.</param>
    /// <param name="kept">What <see cref="Outputs"/> gave, the float network having run; null where it has not.</param>
    /// <param name="options">Threads and cancellation, and where to say what was changed.</param>
    public static Model Apply(
        Model floating,
        Model quantized,
        Model structure,
        CalibratedRanges ranges,
        SampleSet? samples,
        KeptOutputs? kept,
        QuantizeOptions options)
    {
        FittedRanges fit = ranges.AreFinite
            ? RangeFit.Apply(floating, quantized, structure, ranges)
            : new FittedRanges(floating, quantized, ranges, []);
        Model mended = BiasFreeForm.WithBiases(
            RangeApplication.Apply(
                fit.Changes.Count > 0 ? BiasFreeForm.Of(fit.Quantized) : structure, fit.Ranges, isFree: true, structure.Plan),
            fit.Quantized);
        FitChange[] rangeChanges = [.. fit.Changes, .. Rescaled(mended)];
        if (rangeChanges.Length == 0 || samples is null || floating.IsStateful)
        {
            FittedSums only = SumFit.Apply(mended, fit.Floating, samples, options);
            Say([.. rangeChanges, .. only.Changes], options);
            return only.Model.WithFloatSource(only.Floating);
        }

        // Both compute the same in float, so that samples run once for both.
        int threads = SampleBatches.Threads(options.Threads);
        SeenMagnitudes seen = SumFit.See(structure, floating, samples, options);
        (FittedSums fitted, FittedSums plain) = SideBySide.Run(
            threads,
            _ => SumFit.Apply(mended, fit.Floating, fit.Exponents is { } exponents ? seen.Scaled(exponents) : seen),
            _ => SumFit.Apply(
                BiasFreeForm.WithBiases(RangeApplication.Apply(structure, ranges), quantized), floating, seen));
        SampleSet first = plain.Model.Input.Fit(Choice.Spread(samples, samples.Count, floating), plain.Model.Name);
        (OutputError error, OutputError plainError) = OutputContest.Run(
            fitted.Model, plain.Model, floating, first, kept?.Values, threads, options.Cancellation);
        if (plainError.RelativeError < error.RelativeError)
        {
            Say(plain.Changes, options);
            return plain.Model.WithFloatSource(plain.Floating);
        }

        options.Verbose?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"Relative error of the outputs of '{floating.Name}' on {first.Count} samples: {plainError.RelativeError:G3} with the ranges as they were, {error.RelativeError:G3} with these changes:"));
        Say([.. rangeChanges, .. fitted.Changes], options);
        return fitted.Model.WithFloatSource(fitted.Floating);
    }

    private static IEnumerable<FitChange> Rescaled(Model model) =>
        from layer in model.GraphLayers.OfType<QuantizedLayer>()
        where layer.OutputQuantizer?.RescalingRate.Values.Max() > 1
        select new FitChange(
            layer.Name,
            "rescaling_rate",
            "at most 1",
            string.Create(CultureInfo.InvariantCulture, $"{layer.OutputQuantizer!.RescalingRate.Values.Max():G3}"),
            "Its small ranges are stretched over all integers, which the kernel behind takes back.");

    private static void Say(IEnumerable<FitChange> changes, QuantizeOptions options)
    {
        foreach (FitChange change in changes)
        {
            options.Verbose?.Invoke(change.ToString());
        }
    }
}
