using System.Collections.Concurrent;

namespace AkidaQuant.Models;

/// <summary>The outputs of a model for one batch of samples.</summary>
/// <param name="Start">The index of the first sample.</param>
/// <param name="Count">The number of samples.</param>
/// <param name="Values">The outputs, row-major, the batch first.</param>
public sealed record OutputBatch(int Start, int Count, float[] Values);

/// <summary>Runs models over samples, batch after batch, each batch on all cores.</summary>
public static class Inference
{
    /// <summary>The samples of a batch unless told otherwise.</summary>
    public const int DefaultBatchSize = 256;

    /// <summary>The real outputs of a model; a quantized model without a Dequantizer at its end gives its integers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory; never changes a result.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<OutputBatch> Run(Model model, SampleSet samples, int batchSize = DefaultBatchSize, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        Model shaped = model.InputShape.IsKnown ? model : model.WithInputShape(samples.SampleShape);
        SampleInput.RequireShape(samples, shaped.InputShape, model.Name);
        return Batches(shaped.Plan, samples, batchSize, cancellation);
    }

    private static IEnumerable<OutputBatch> Batches(ExecutionPlan plan, SampleSet samples, int batchSize, CancellationToken cancellation)
    {
        int size = plan.Output.Shape.Size;
        int chunk = SampleChunks.Size(plan.BytesPerSample, Math.Min(batchSize, samples.Count));
        ConcurrentBag<PlanRunner> runners = [];
        for (int start = 0; start < samples.Count; start += batchSize)
        {
            int count = Math.Min(batchSize, samples.Count - start);
            float[] values = new float[count * size];
            int first = start;
            SampleChunks.Run(first, count, chunk, runners, () => new PlanRunner(plan, chunk), (runner, at, batch) =>
            {
                SampleInput.Load(samples, at, batch, runner.Input, plan.Model.Input.Type, plan.Model.Name);
                runner.Run(batch);
                CopyReal(runner.Output, values.AsSpan((at - first) * size, batch * size), batch);
            }, cancellation);
            yield return new OutputBatch(start, count, values);
        }
    }

    private static void CopyReal(TensorData output, Span<float> values, int batch)
    {
        if (output is FloatData floats)
        {
            floats.Values(batch).CopyTo(values);
            return;
        }

        long[] integers = new long[values.Length];
        ((IntegerData)output).CopyTo(integers, batch);
        for (int i = 0; i < integers.Length; i++)
        {
            values[i] = integers[i];
        }
    }
}
