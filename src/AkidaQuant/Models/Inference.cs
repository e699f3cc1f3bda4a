using System.Buffers;
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
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<OutputBatch> Run(Model model, SampleSet samples, int batchSize = DefaultBatchSize, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ExecutionPlan plan = Fit(model, samples).Plan;
        return Batches<PlanRunner, float>(samples, batchSize, plan.BytesPerSample, plan.Output.Shape.Size, plan.CreateRunner, (runner, at, batch, values) =>
        {
            SampleInput.Load(samples, at, batch, runner.Input, plan.Model.Input.Type, plan.Model.Name);
            runner.Run(batch, cancellation);
            CopyReal(runner.Output, values.Span, batch);
        }, cancellation).Select(batch => new OutputBatch(batch.Start, batch.Count, batch.Values));
    }

    /// <summary>The model that runs on samples: dimensions that it leaves open are theirs.</summary>
    /// <exception cref="QuantException">The samples do not have the model's input shape.</exception>
    public static Model Fit(Model model, SampleSet samples)
    {
        Model shaped = model.InputShape.IsKnown ? model : model.WithInputShape(samples.SampleShape);
        SampleInput.RequireShape(samples, shaped.InputShape, model.Name);
        return shaped;
    }

    /// <summary>Runs samples through workers, batch after batch, the chunks of a batch on all cores.</summary>
    /// <typeparam name="TRunner">A worker with buffers of its own.</typeparam>
    /// <typeparam name="T">The values that are collected.</typeparam>
    /// <param name="samples">The samples.</param>
    /// <param name="batchSize">The most samples held in memory.</param>
    /// <param name="bytesPerSample">The memory of a worker for each sample.</param>
    /// <param name="size">The number of values collected for each sample.</param>
    /// <param name="create">Makes a worker for a number of samples.</param>
    /// <param name="run">Runs a number of samples from a first one and fills their values.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    internal static IEnumerable<(int Start, int Count, T[] Values)> Batches<TRunner, T>(
        SampleSet samples, int batchSize, long bytesPerSample, int size, Func<int, TRunner> create, Action<TRunner, int, int, Memory<T>> run, CancellationToken cancellation)
    {
        if ((long)Math.Min(batchSize, samples.Count) * size > Array.MaxLength)
        {
            throw new QuantException(
                "BatchTooLarge",
                QuantErrorKind.InvalidArgument,
                $"The outputs of {Math.Min(batchSize, samples.Count)} samples, {size} values each, are too many for one array. Use a smaller batch.",
                nameof(batchSize));
        }

        int chunk = SampleChunks.Size(bytesPerSample, Math.Min(batchSize, samples.Count));
        ConcurrentBag<TRunner> runners = [];
        for (int start = 0; start < samples.Count; start += batchSize)
        {
            int count = Math.Min(batchSize, samples.Count - start);
            var values = new T[count * size];
            int first = start;
            SampleChunks.Run(
                first, count, chunk, runners, () => create(chunk), (runner, at, batch) => run(runner, at, batch, values.AsMemory((at - first) * size, batch * size)), cancellation);
            yield return (start, count, values);
        }
    }

    /// <summary>The values of a buffer as float32, whatever it holds.</summary>
    internal static void CopyReal(TensorData output, Span<float> values, int batch)
    {
        if (output is FloatData floats)
        {
            floats.Values(batch).CopyTo(values);
            return;
        }

        long[] integers = ArrayPool<long>.Shared.Rent(values.Length);
        ((IntegerData)output).CopyTo(integers.AsSpan(0, values.Length), batch);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = integers[i];
        }

        ArrayPool<long>.Shared.Return(integers);
    }
}
