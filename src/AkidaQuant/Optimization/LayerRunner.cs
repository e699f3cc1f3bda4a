using AkidaQuant.Execution;

namespace AkidaQuant.Optimization;

/// <summary>Runs single layers over all samples, chunks at the same time.</summary>
/// <param name="parts">How samples are cut into chunks.</param>
/// <param name="model">The name of the model, for errors.</param>
/// <param name="threads">The most threads that compute at once.</param>
/// <param name="cancellation">Stops between chunks.</param>
internal sealed class LayerRunner(SampleParts parts, string model, int threads, CancellationToken cancellation)
{
    /// <summary>How samples are cut into chunks.</summary>
    public SampleParts Parts => parts;

    /// <summary>How work is divided, which never changes a result.</summary>
    public ParallelOptions Parallelism { get; } = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };

    /// <summary>What a prepared layer gives.</summary>
    public TensorBatches Run(PreparedLayer prepared, IReadOnlyList<TensorBatches> inputs)
    {
        if (prepared.IsView)
        {
            return new TensorBatches(prepared.Output, inputs[0].Chunks);
        }

        Operation operation = prepared.CreateOperation();
        TensorData[] outputs = new TensorData[parts.Chunks];
        if (prepared.State.Count > 0)
        {
            TensorData[] state = new StreamState(model, parts.Size).Allocate(prepared.State);
            for (int chunk = 0; chunk < outputs.Length; chunk++)
            {
                cancellation.ThrowIfCancellationRequested();
                outputs[chunk] = Run(operation, prepared, inputs, chunk, state);
            }

            return new TensorBatches(prepared.Output, outputs);
        }

        Parallel.For(0, outputs.Length, Parallelism, chunk => outputs[chunk] = Run(operation, prepared, inputs, chunk, []));
        return new TensorBatches(prepared.Output, outputs);
    }

    private TensorData Run(
        Operation operation, PreparedLayer prepared, IReadOnlyList<TensorBatches> inputs, int chunk, TensorData[] state)
    {
        int count = parts.Length(chunk);
        TensorData output = TensorData.Allocate(prepared.Output, count);
        operation([.. inputs.Select(input => input.Chunks[chunk]), .. state], output, count);
        return output;
    }
}
