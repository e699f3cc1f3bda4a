using System.Globalization;
using AkidaQuant.Checks;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;
using AkidaQuant.Optimization.Distillation;
using AkidaQuant.Quantization;
using AkidaQuant.Text;

namespace AkidaQuant.Optimization;

/// <summary>
/// Brings a quantized model nearer to the float network that it came from, in the same format: with other integers, biases and
/// ranges, but the same layers and widths. Neither labels nor training are needed; see docs/optimization.md.
/// </summary>
public static class Optimizer
{
    /// <summary>One sample of so many is held back.</summary>
    private const int HeldBackShare = 4;

    /// <summary>Bits from which on distillation has nothing to add (optimization.md, step 6).</summary>
    private const int ManyWeightBits = 4;

    private const int ManyActivationBits = 3;

    /// <summary>An error that much greater is no other one.</summary>
    private const double NoDifference = 1.02;

    /// <summary>The optimized model, with what was done to it (<see cref="Model.Optimization"/>).</summary>
    /// <remarks>
    /// A part of the samples is held back. On these the relative L2 error of the outputs, to those of the float network, decides: a model
    /// that came in and is no worse comes back, with a warning.
    /// </remarks>
    /// <exception cref="QuantException">
    /// <c>ModelNotQuantized</c>, <c>FloatSourceMissing</c>, <c>FloatLayerMissing</c>, <c>UntilLayerUnknown</c>, or the samples do not fit.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Model Optimize(Model quantized, OptimizationOptions options)
    {
        RequireQuantized(quantized, options);
        if (options.Samples.Source.StartsWith(RandomSamples.SourcePrefix, StringComparison.Ordinal))
        {
            options.Warning?.Invoke(
                $"'{quantized.Name}' is optimized with random samples: what is fitted to random numbers serves no others. Give samples like those that it will meet.");
        }

        (SampleSet samples, int streams) = quantized.IsStateful
            ? StreamSamples.Arrange(Quantizer.FloatSource(quantized), options.Samples, 1)
            : (options.Samples, 1);
        (SampleSet fitted, SampleSet held) = Divide(samples, quantized.IsStateful);
        Model given = Inference.Fit(quantized, samples);
        (Model start, Model floating) = Begin(given, fitted, options);
        double Error(Model model) =>
            OutputError.Measure(model, floating, held, options.Threads, streams, options.Cancellation).RelativeError;

        double before = Error(given);
        OptimizationRun run = new(start, floating, start.Input.Fit(fitted, start.Name), streams, options);
        Model best = run.Run();
        double after = Error(best);
        Model source = run.Floating;
        if (!ReferenceEquals(start, given) && Error(start) is var fitting && fitting < after)
        {
            (best, after, source) = (start, fitting, floating);
        }

        if (options.Effort == OptimizationEffort.Full && options.Until is not null)
        {
            options.Verbose?.Invoke("Distillation, which trains all layers together, is left out because of the last layer to change.");
        }
        else if (options.Effort == OptimizationEffort.Full && AreFew(best))
        {
            Model distilled = Distiller.Run(best, floating, fitted, new DistillationOptions
            {
                Threads = options.Threads,
                Progress = (done, total) => options.Progress?.Report(new OptimizationProgress(done, total, "distillation")),
                Verbose = options.Verbose,
                Cancellation = options.Cancellation,
            });
            double error = Error(distilled);
            (best, after) = error < after ? (distilled, error) : (best, after);
        }

        int heldBack = ReferenceEquals(held, fitted) ? 0 : held.Count;
        if (!(after < before))
        {
            options.Warning?.Invoke(after <= before * NoDifference
                ? $"The model '{quantized.Name}' comes back as it was: there is nothing to make better."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"The model '{quantized.Name}' comes back as it was: optimized, its outputs would be {100 * after:0.##} % off on {held.Count} samples, and they are {100 * before:0.##} % off. More samples, more like those that it will meet, may help."));
            return quantized.WithOptimization(
                new OptimizationReport(quantized.Name, options.Effort, fitted.Count, heldBack, before, before, []));
        }

        IReadOnlyList<OptimizationChange> changes = ModelChanges.Of(given, best);
        foreach (OptimizationChange change in changes)
        {
            options.Verbose?.Invoke(change.ToString());
        }

        return best.WithFloatSource(source).WithOptimization(
            new OptimizationReport(quantized.Name, options.Effort, fitted.Count, heldBack, before, after, [.. changes]));
    }

    /// <summary>Whether bits are so few that distillation pays.</summary>
    private static bool AreFew(Model model) => model.GraphLayers.OfType<QuantizedLayer>().Any(layer =>
        layer.WeightBits < ManyWeightBits || layer.OutputQuantizer?.Bitwidth < ManyActivationBits);

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

    /// <summary>
    /// The model to begin with, and its float network. The integers of a quantized ONNX file, which follow from no weights, are quantized
    /// anew from the float network.
    /// </summary>
    private static (Model Start, Model Floating) Begin(Model quantized, SampleSet samples, OptimizationOptions options)
    {
        if (quantized.GraphLayers.OfType<IntegerLayer>().FirstOrDefault() is { } integers)
        {
            if (options.Until is { } until)
            {
                throw new QuantException(
                    "UntilNotPossible",
                    QuantErrorKind.NotSupported,
                    $"The model '{quantized.Name}' has the integers of a quantized ONNX file, and its float network is quantized anew from the first layer to the last, so that layers behind '{until}' cannot stay. Leave -Until out.",
                    until);
            }

            Model again = Quantizer.Quantize(
                options.FloatModel ?? throw new QuantException(
                    "FloatSourceMissing",
                    QuantErrorKind.NotSupported,
                    $"Layer '{integers.Name}' ({integers.ClassName}) has the integers of a quantized ONNX file, and the float network that they come from is not in that file. Give it, or the path of its file, as -FloatModel.",
                    integers.Name),
                new QuantizeOptions { Samples = samples, Threads = options.Threads, Cancellation = options.Cancellation });
            return (again, Quantizer.FloatSource(again));
        }

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

        if (options.KeepBits || options.Until is not null)
        {
            return (quantized, floating);
        }

        // Sums that no accumulator holds spoil all that is fitted to them: bits and quantizers that they need come first.
        QuantizeOptions fit = new() { Samples = samples, BatchSize = 1, Threads = options.Threads, Cancellation = options.Cancellation };
        FittedSums fitted = SumFit.Apply(quantized, floating, samples, fit);
        return (fitted.Model, fitted.Floating);
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
