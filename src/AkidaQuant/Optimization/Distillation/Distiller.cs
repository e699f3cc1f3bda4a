using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// Distillation without labels: the kernels and biases of a quantized network are trained so that its outputs come nearer to those of
/// its float network. The network that is trained computes in its own integers; gradients go through rounding as if it were not there.
/// </summary>
internal static class Distiller
{
    /// <summary>Of so many samples one is set aside to choose the best pass with.</summary>
    private const int SetAside = 5;

    /// <summary>The network with the parameters of the best pass; the same one where nothing can be trained or no pass is better.</summary>
    /// <param name="quantized">The quantized network, calibrated.</param>
    /// <param name="floating">The float network, whose outputs are the targets.</param>
    /// <param name="training">The samples, without labels.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="QuantException">The samples do not fit the networks.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Model Run(Model quantized, Model floating, SampleSet training, DistillationOptions options)
    {
        Model model = Inference.Fit(quantized, training);
        if (Obstacle(model, training) is { } reason)
        {
            options.Verbose?.Invoke($"Nothing was trained: {reason}.");
            return quantized;
        }

        TrainingGraph graph = new(model);
        string through = $"no gradient goes through {Listing.Of(graph.Obstacles)}";
        if (graph.Trained.Count == 0)
        {
            options.Verbose?.Invoke($"Nothing was trained: {(graph.Obstacles.Count > 0 ? through : "there are no weights to train")}.");
            return quantized;
        }

        if (graph.Obstacles.Count > 0)
        {
            options.Verbose?.Invoke($"Only {Listing.Of(graph.Trained.Select(layer => layer.Layer))}: {through}.");
        }

        float[] targets = [.. Inference.Run(floating, training, threads: options.Threads, cancellation: options.Cancellation)
            .SelectMany(batch => batch.Values)];
        Shape output = model.Plan.Steps[graph.LossStep].Prepared.Output.Shape;
        if (targets.Length != training.Count * output.Size)
        {
            options.Verbose?.Invoke(string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing was trained: an output has {output.Size} values, but {targets.Length / training.Count} in the float network."));
            return quantized;
        }

        bool isVector = output.Size == output.Channels && output.Size > 1 && model.Plan.Steps[graph.LossStep].Node.Layer is not Activation;
        DistillationLoss loss = new(targets, output.Size, isVector, graph.IsProbability);
        return Train(quantized, new Trainer(model, graph, loss, model.Input.Fit(training, model.Name), options), training.Count, options);
    }

    private static string? Obstacle(Model model, SampleSet training) =>
        model.IsStateful ? "the network keeps state from one sample to the next"
        : model.Outputs.Count > 1 ? "the network has several outputs"
        : training.Count < 2 ? "at least 2 samples are needed"
        : null;

    private static Model Train(Model quantized, Trainer trainer, int count, DistillationOptions options)
    {
        SampleOrder order = new(options.Seed);
        int[] samples = [.. Enumerable.Range(0, count)];
        order.Shuffle(samples);
        int aside = Math.Max(count / SetAside, 1);
        int[] judging = samples[..aside];
        int[] learning = samples[aside..];
        double first = trainer.Evaluate(judging, measures: true);
        (double Loss, int Pass, IReadOnlyList<float[][]> Values) best = (first, 0, trainer.Save());
        try
        {
            for (int pass = 0; pass < options.Passes; pass++)
            {
                order.Shuffle(learning);
                RunPass(trainer, learning, pass, options);
                double loss = trainer.Evaluate(judging);
                if (loss < best.Loss)
                {
                    best = (loss, pass + 1, trainer.Save());
                }

                options.Progress?.Invoke(pass + 1, options.Passes);
            }
        }
        catch (QuantException error) when (error.Target is string layer && quantized.Find(layer) is not null)
        {
            // Scales and biases can part so far that no integers hold both; what came before is as good as it was.
            options.Verbose?.Invoke($"Training ended early: {error.Message}");
        }

        string change = string.Create(CultureInfo.InvariantCulture, $"from {first:G4} to {best.Loss:G4}, after pass {best.Pass}");
        options.Verbose?.Invoke($"The loss on {aside} samples that were set aside went {change} of {options.Passes}.");
        if (best.Pass == 0)
        {
            return quantized;
        }

        trainer.Restore(best.Values);
        return trainer.Current(quantized);
    }

    private static void RunPass(Trainer trainer, int[] learning, int pass, DistillationOptions options)
    {
        int steps = Math.Max(learning.Length / options.BatchSize, 1);
        for (int step = 0; step < steps; step++)
        {
            double progress = (((double)pass * steps) + step) / ((double)options.Passes * steps);
            int start = (int)((long)learning.Length * step / steps);
            int end = (int)((long)learning.Length * (step + 1) / steps);
            trainer.Step(learning[start..end], options.LearningRate * (float)(0.5 + (0.5 * Math.Cos(Math.PI * progress))));
        }
    }
}
