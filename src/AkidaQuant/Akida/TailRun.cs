using AkidaQuant.Execution;

namespace AkidaQuant.Akida;

/// <summary>A call of what runs behind the integers of an Akida model: part after part, each on all cores, batch after batch.</summary>
internal sealed class TailRun : IDisposable
{
    private readonly ValueList<AkidaTailPart> _parts;
    private readonly IReadOnlyList<int>[] _steps;
    private readonly RunnerLease[] _runners;
    private readonly Action<int, TensorData, int>?[] _observe;
    private readonly int _samples;

    /// <summary>Rents nothing yet.</summary>
    /// <param name="model">The Akida model.</param>
    /// <param name="samples">The samples of the call.</param>
    /// <param name="options">How they run, the samples of a batch said.</param>
    /// <param name="takesAll">Whether all outputs are wanted, and not the first only.</param>
    /// <exception cref="QuantException">
    /// <c>AkidaTailMismatch</c>: a part takes something else than the part before it gives; or the samples do not fit the streams.
    /// </exception>
    public TailRun(AkidaModel model, SampleSet samples, EmulationOptions options, bool takesAll)
    {
        _parts = model.Tail;
        _samples = samples.Count;
        _observe = new Action<int, TensorData, int>?[_parts.Count];
        int length = SampleBatches.BatchSize(options.BatchSize, model.IsStateful);
        int threads = SampleBatches.Threads(options.Threads);
        Shape given = model.Plan.Output.Shape;
        foreach (AkidaTailPart part in _parts)
        {
            if (part.InputShape.Size != given.Size)
            {
                throw new QuantException(
                    "AkidaTailMismatch",
                    QuantErrorKind.InvalidData,
                    $"The part '{part.Name}' of the Akida model '{model.Name}' takes {part.InputShape}, but gets {given}. Convert the quantized model again.",
                    model);
            }

            given = part.OutputShape;
        }

        _steps =
        [
            .. _parts.Select((part, i) => takesAll && i == _parts.Count - 1 ? part.Plan.OutputSteps : [part.Plan.OutputStep]),
        ];
        _runners =
        [
            .. _parts.Select((part, i) =>
            {
                (RunnerResults results, _observe[i]) = SampleBatches.Observed(part.Plan, _steps[i], options.Observers);
                SampleChunks chunks = SampleBatches.Chunks(part.Plan, results, samples, length, threads);
                return new RunnerLease(part.Plan, chunks, results, options.Call?.Tail[i]);
            }),
        ];
    }

    /// <summary>What the last part makes of a batch.</summary>
    /// <exception cref="QuantException"><c>BatchTooLarge</c>: what a part gives does not fit an array.</exception>
    public OutputBatch Run(OutputBatch batch, CancellationToken cancellation)
    {
        float[] values = batch.Values;
        for (int i = 0; i < _parts.Count; i++)
        {
            values = Run(i, values, batch.Count, cancellation);
            if (batch.Start + batch.Count == _samples)
            {
                _runners[i].Carry();
            }
        }

        return batch with { Values = values };
    }

    /// <summary>Gives all runners back.</summary>
    public void Dispose() => Array.ForEach(_runners, runners => runners.Dispose());

    private float[] Run(int index, float[] values, int count, CancellationToken cancellation)
    {
        AkidaTailPart part = _parts[index];
        IReadOnlyList<int> steps = _steps[index];
        int taken = part.InputShape.Size;
        int given = steps.Sum(step => part.Plan.StepList[step].Prepared.Output.Shape.Size);
        SampleBatches.RequireArray(count, given, nameof(count));
        float[] outputs = new float[count * given];
        _runners[index].Run(0, count, (runner, at, number) =>
        {
            values.AsSpan(at * taken, number * taken).CopyTo(((FloatData)runner.Input).Values(number));
            runner.Run(number, _observe[index], cancellation);
            StepOutputs.Copy(runner, steps, number, outputs.AsSpan(at * given, number * given));
        }, cancellation);
        return outputs;
    }
}
