using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Text;
using AkidaQuant.Transforms;

namespace AkidaQuant.Optimization;

/// <summary>
/// Brings a quantized model nearer to the float network that it came from, in the same format: with other integers, biases and
/// ranges, but the same layers and widths.
/// </summary>
public static class Optimizer
{
    /// <summary>One sample of so many is held back.</summary>
    private const int HeldBackShare = 4;

    /// <summary>The optimized model, with what was done to it (<see cref="Model.Optimization"/>).</summary>
    /// <exception cref="QuantException">
    /// <c>ModelNotQuantized</c>, <c>FloatSourceMissing</c>, <c>FloatLayerMissing</c>, <c>UntilLayerUnknown</c>, or the samples do not fit.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Model Optimize(Model quantized, OptimizationOptions options)
    {
        RequireQuantized(quantized, options);
        Model floating = Float(quantized, options);
        SampleSet samples = quantized.Input.Fit(options.Samples, quantized.Name);
        (SampleSet fitted, SampleSet held) = Divide(samples, quantized.IsStateful);
        OptimizationRun run = new(quantized, floating, fitted, options);
        Model optimized = run.Run();
        double before = OutputError.Relative(quantized, floating, held, options.Threads, options.Cancellation);
        double after = OutputError.Relative(optimized, floating, held, options.Threads, options.Cancellation);
        if (!(after <= before))
        {
            options.Warning?.Invoke(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"The model '{quantized.Name}' comes back as it was: optimized, its outputs would be {after:0.###} off on {held.Count} samples that were held back, and they are {before:0.###}. Give more samples, or samples more like those that it will meet."));
            return quantized.WithOptimization(
                new OptimizationReport(quantized.Name, options.Effort, fitted.Count, held.Count, before, before, []));
        }

        return optimized.WithFloatSource(run.Floating).WithOptimization(
            new OptimizationReport(quantized.Name, options.Effort, fitted.Count, held.Count, before, after, [.. run.Changes]));
    }

    private static void RequireQuantized(Model quantized, OptimizationOptions options)
    {
        if (!quantized.IsQuantized)
        {
            throw new QuantException(
                "ModelNotQuantized",
                QuantErrorKind.InvalidArgument,
                $"The model '{quantized.Name}' is not quantized, so there is nothing to optimize yet. Quantize it first.",
                quantized.Name);
        }

        if (options.Until is { } until && quantized.Find(until) is null)
        {
            throw new QuantException(
                "UntilLayerUnknown",
                QuantErrorKind.NotFound,
                $"The model '{quantized.Name}' has no layer '{until}' to optimize until. Its layers are: {Listing.Of(quantized.Layers.Select(layer => layer.Name), until)}.",
                until);
        }
    }

    private static Model Float(Model quantized, OptimizationOptions options)
    {
        Model floating = options.FloatModel is { } given ? Quantizer.FloatSource(quantized, given) : Quantizer.FloatSource(quantized);
        foreach (Node node in quantized.Nodes)
        {
            if (node.Layer is not (InputQuantizer or Dequantizer) && floating.Find(node.Name) is null)
            {
                throw new QuantException(
                    "FloatLayerMissing",
                    QuantErrorKind.InvalidArgument,
                    $"The rewritten float model '{floating.Name}' has no layer '{node.Name}', so it is not the one that the quantized model came from. Its layers are: {Listing.Of(floating.Layers.Select(layer => layer.Name), node.Name)}.",
                    node.Name);
            }
        }

        return floating;
    }

    /// <summary>The samples to fit to, and those to judge by; the same ones where there are few, or where their order matters.</summary>
    private static (SampleSet Fitted, SampleSet Held) Divide(SampleSet samples, bool isStateful)
    {
        if (isStateful || samples.Count < 2 * HeldBackShare)
        {
            return (samples, samples);
        }

        int[] all = [.. Enumerable.Range(0, samples.Count)];
        return (
            samples.Select([.. all.Where(index => index % HeldBackShare != HeldBackShare - 1)]),
            samples.Select([.. all.Where(index => index % HeldBackShare == HeldBackShare - 1)]));
    }
}
