using System.Globalization;
using AkidaQuant.Checks;
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

    /// <summary>The calibrated model, which remembers its float network.</summary>
    /// <param name="floating">The rewritten float network.</param>
    /// <param name="quantized">The quantized model made from it, not calibrated.</param>
    /// <param name="structure">The same without biases and bounds (<see cref="BiasFreeForm"/>).</param>
    /// <param name="ranges">What calibration saw.</param>
    /// <param name="samples">The samples it saw; null where none are known.</param>
    /// <param name="options">Threads and cancellation, and where to say what was changed.</param>
    public static Model Apply(
        Model floating, Model quantized, Model structure, CalibratedRanges ranges, SampleSet? samples, QuantizeOptions options)
    {
        FittedRanges fit = ranges.AreFinite
            ? RangeFit.Apply(floating, quantized, structure, ranges)
            : new FittedRanges(floating, quantized, ranges, []);
        Model fitted = BiasFreeForm.WithBiases(
            RangeApplication.Apply(fit.Changes.Count > 0 ? BiasFreeForm.Of(fit.Quantized) : structure, fit.Ranges, isFree: true),
            fit.Quantized);
        FitChange[] rangeChanges = [.. fit.Changes, .. Rescaled(fitted)];
        (Model model, IReadOnlyList<FitChange> changes) = SumFit.Apply(fitted, fit.Floating, samples, options);
        if (rangeChanges.Length > 0 && samples is not null && !floating.IsStateful)
        {
            Model plain = BiasFreeForm.WithBiases(RangeApplication.Apply(structure, ranges), quantized);
            (Model other, IReadOnlyList<FitChange> otherChanges) = SumFit.Apply(plain, floating, samples, options);
            SampleSet first = Choice.Spread(samples, samples.Count, floating);
            double error = Error(floating, model, first, options);
            double plainError = Error(floating, other, first, options);
            if (plainError < error)
            {
                Say(otherChanges, options);
                return other.WithFloatSource(floating);
            }

            options.Verbose?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"Relative error of the outputs of '{floating.Name}' on {first.Count} samples: {plainError:G3} with the ranges as they were, {error:G3} with these changes:"));
        }

        Say([.. rangeChanges, .. changes], options);
        return model.WithFloatSource(fit.Floating);
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

    private static double Error(Model floating, Model quantized, SampleSet samples, QuantizeOptions options) =>
        OutputError.Measure(quantized, floating, samples, options.Threads, options.Cancellation).RelativeError;
}
