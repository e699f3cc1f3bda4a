using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida;

/// <summary>The integers before the Dequantizer for one batch of samples.</summary>
/// <param name="Start">The index of the first sample.</param>
/// <param name="Count">The number of samples.</param>
/// <param name="Values">The potentials, row-major, the batch first.</param>
public sealed record PotentialBatch(int Start, int Count, int[] Values);

/// <summary>Runs Akida models over samples, batch after batch, each batch on all cores (akida-model.md 3.2).</summary>
public static class Emulator
{
    /// <summary>
    /// The outputs of a model: real ones behind a Dequantizer or from Akida 1.0 potentials, else its integers; or what its software tail
    /// makes of them.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams, as for other models.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="sparsity">Counts zeros while the samples run; of the same model's plan.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<OutputBatch> Run(
        AkidaModel model,
        SampleSet samples,
        int? batchSize = null,
        int? threads = null,
        SparsityAnalysis? sparsity = null,
        CancellationToken cancellation = default)
    {
        int length = SampleBatches.BatchSize(batchSize, model.IsStateful);
        PotentialScaling? dequantization = model.Layers[^1].CreateDequantization(model.Plan.Output.Shape.Channels);
        IEnumerable<OutputBatch> outputs = Batches<float>(model, samples, length, threads, model.Plan.OutputStep, sparsity, (output, batch, values) =>
            {
                if (dequantization is null)
                {
                    output.CopyTo(values.Span, batch);
                }
                else
                {
                    dequantization.Run((IntegerData)output, values.Span, batch);
                }
            }, cancellation)
            .Select(batch => new OutputBatch(batch.Start, batch.Count, batch.Values));
        return model.Tail.Count == 0
            ? outputs
            : Behind(outputs, new TailRun(model, samples, length, SampleBatches.Threads(threads)), cancellation);
    }

    /// <summary>The potentials of a model: the integers before the Dequantizer, or of the last layer where there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams, as for other models.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<PotentialBatch> RunPotentials(
        AkidaModel model, SampleSet samples, int? batchSize = null, int? threads = null, CancellationToken cancellation = default)
    {
        return Batches<int>(
                model,
                samples,
                batchSize,
                threads,
                model.PotentialStep,
                null,
                (potentials, batch, values) => CopyIntegers((IntegerData)potentials, values.Span, batch),
                cancellation)
            .Select(batch => new PotentialBatch(batch.Start, batch.Count, batch.Values));
    }

    private static IEnumerable<OutputBatch> Behind(IEnumerable<OutputBatch> outputs, TailRun tail, CancellationToken cancellation)
    {
        using (tail)
        {
            foreach (OutputBatch batch in outputs)
            {
                yield return tail.Run(batch, cancellation);
            }
        }
    }

    private static IEnumerable<(int Start, int Count, T[] Values)> Batches<T>(
        AkidaModel model,
        SampleSet samples,
        int? batchSize,
        int? threads,
        int step,
        SparsityAnalysis? sparsity,
        Action<TensorData, int, Memory<T>> collect,
        CancellationToken cancellation)
    {
        samples = model.Form is { } form ? form.Fit(samples, model.InputShape, model.TakesChannelsFirst, model.Name)
            : model.Layers[0] is AkidaQuantizer { ChannelsFirst: true } ? SampleInput.FitChannelsFirst(samples, model.InputShape, model.Name)
            : SampleInput.FitChannelsLast(samples, model.InputShape, model.TakesChannelsFirst, model.Name);
        (ValueRange, string)? type = model.Plan.Input is QuantizedSpec input ? (input.Range, Describe(input)) : null;
        return SampleBatches.Run(
            model.Plan,
            samples,
            batchSize,
            threads,
            type,
            step,
            collect,
            cancellation,
            sparsity?.Steps,
            sparsity is null ? null : sparsity.Observe);
    }

    private static void CopyIntegers(IntegerData potentials, Span<int> values, int batch)
    {
        long[] wide = new long[values.Length];
        potentials.CopyTo(wide, batch);
        for (int i = 0; i < wide.Length; i++)
        {
            values[i] = checked((int)wide[i]);
        }
    }

    private static string Describe(QuantizedSpec input) =>
        string.Create(CultureInfo.InvariantCulture, $"{(input.IsSigned ? "signed" : "unsigned")} {input.Bits}-bit");
}
