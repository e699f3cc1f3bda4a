using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida;

/// <summary>The integers before the Dequantizer for one batch of samples.</summary>
/// <param name="Start">The index of the first sample.</param>
/// <param name="Count">The number of samples.</param>
/// <param name="Values">The potentials, row-major, the batch first.</param>
public sealed record PotentialBatch(int Start, int Count, int[] Values);

/// <summary>Runs Akida models over samples, batch after batch, each batch on all cores (akida-model.md 3.2).</summary>
public static class Emulator
{
    /// <summary>The outputs of a model: real ones behind a Dequantizer or from Akida 1.0 potentials, else its integers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams, as for other models.</param>
    /// <param name="sparsity">Counts zeros while the samples run; of the same model's plan.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<OutputBatch> Run(
        AkidaModel model,
        SampleSet samples,
        int? batchSize = null,
        SparsityAnalysis? sparsity = null,
        CancellationToken cancellation = default) =>
        Batches<float>(model, samples, batchSize, model.Plan.Output.Shape.Size, sparsity, (runner, batch, values) => runner.Output.CopyTo(values.Span, batch), cancellation)
            .Select(batch => new OutputBatch(batch.Start, batch.Count, batch.Values));

    /// <summary>The potentials of a model: the integers before the Dequantizer, or of the last layer where there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams, as for other models.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<PotentialBatch> RunPotentials(
        AkidaModel model, SampleSet samples, int? batchSize = null, CancellationToken cancellation = default) =>
        Batches<int>(model, samples, batchSize, model.Plan.Potentials.Shape.Size, null, (runner, batch, values) => CopyIntegers((IntegerData)runner.Potentials, values.Span, batch), cancellation)
            .Select(batch => new PotentialBatch(batch.Start, batch.Count, batch.Values));

    private static IEnumerable<(int Start, int Count, T[] Values)> Batches<T>(
        AkidaModel model, SampleSet samples, int? batchSize, int size, SparsityAnalysis? sparsity, Action<AkidaRunner, int, Memory<T>> collect, CancellationToken cancellation)
    {
        samples = model.Layers[0] is AkidaQuantizer { ChannelsFirst: true }
            ? SampleInput.FitChannelsFirst(samples, model.InputShape, model.Name)
            : SampleInput.FitChannelsLast(samples, model.InputShape, model.TakesChannelsFirst, model.Name);
        AkidaPlan plan = model.Plan;
        string type = Describe(plan.Input);
        int batchLength = Inference.BatchSize(batchSize, model.IsStateful);
        int chunk = Inference.ChunkSize(samples, batchLength, plan.BytesPerSample, model.IsStateful, model.Name);
        return Inference.Batches<AkidaRunner, T>(samples, batchLength, chunk, size, plan.CreateRunner, (runner, at, batch, values) =>
        {
            SampleInput.Load(samples, at, batch, runner.Input, plan.Input.Range, type, model.Name);
            runner.Run(batch, cancellation);
            sparsity?.Observe(runner, batch);
            collect(runner, batch, values);
        }, cancellation);
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

    private static string Describe(AkidaTensor input) =>
        string.Create(CultureInfo.InvariantCulture, $"{(input.Signed ? "signed" : "unsigned")} {input.Bits}-bit");
}
