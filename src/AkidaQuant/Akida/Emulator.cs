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
    /// makes of them. Of a tail that gives several tensors it is the first; <see cref="RunAll(AkidaModel, SampleSet, int?, int?,
    /// CancellationToken)"/> has all.
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
        CancellationToken cancellation = default) =>
        Run(
            model,
            samples,
            new EmulationOptions { BatchSize = batchSize, Threads = threads, Observers = sparsity is null ? [] : [sparsity] },
            cancellation);

    /// <summary>The outputs of a model as above.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="options">How they run.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model or the stream.</exception>
    public static IEnumerable<OutputBatch> Run(
        AkidaModel model, SampleSet samples, EmulationOptions options, CancellationToken cancellation = default) =>
        Outputs(model, samples, options, takesAll: false, cancellation);

    /// <summary>All tensors that a model gives, those of a sample one behind the other, in the order of its outputs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams, as for other models.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<OutputBatch> RunAll(
        AkidaModel model, SampleSet samples, int? batchSize = null, int? threads = null, CancellationToken cancellation = default) =>
        RunAll(model, samples, new EmulationOptions { BatchSize = batchSize, Threads = threads }, cancellation);

    /// <summary>All tensors that a model gives, as above.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="options">How they run.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model or the stream.</exception>
    public static IEnumerable<OutputBatch> RunAll(
        AkidaModel model, SampleSet samples, EmulationOptions options, CancellationToken cancellation = default) =>
        Outputs(model, samples, options, takesAll: true, cancellation);

    /// <summary>The potentials of a model: the integers before the Dequantizer, or of the last layer where there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams, as for other models.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static IEnumerable<PotentialBatch> RunPotentials(
        AkidaModel model, SampleSet samples, int? batchSize = null, int? threads = null, CancellationToken cancellation = default) =>
        RunPotentials(model, samples, new EmulationOptions { BatchSize = batchSize, Threads = threads }, cancellation);

    /// <summary>The potentials of a model, as above; a software tail that keeps state sees the time steps of a stream too.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples, which must have the model's input shape and type.</param>
    /// <param name="options">How they run.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model or the stream.</exception>
    public static IEnumerable<PotentialBatch> RunPotentials(
        AkidaModel model, SampleSet samples, EmulationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        int? length = options.Call is null ? options.BatchSize : Length(model, samples, options);
        return Batches<int>(
                model,
                samples,
                options with { BatchSize = length },
                model.PotentialStep,
                (potentials, batch, values) => CopyIntegers((IntegerData)potentials, values.Span, batch),
                cancellation)
            .Select(batch =>
            {
                if (options.Call is { } call && batch.Start + batch.Count == samples.Count)
                {
                    Advance(call);
                }

                return new PotentialBatch(batch.Start, batch.Count, batch.Values);
            });

        void Advance(AkidaStreamCall call)
        {
            if (model.Tail.Any(part => part.Plan.IsStateful))
            {
                // The state of the call is still that before it, for the whole model.
                _ = Outputs(model, samples, options with { Observers = [] }, takesAll: false, cancellation).Count();
            }
            else
            {
                call.Advance(samples);
            }
        }
    }

    private static IEnumerable<OutputBatch> Outputs(
        AkidaModel model, SampleSet samples, EmulationOptions options, bool takesAll, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        options = options with { BatchSize = Length(model, samples, options) };
        PotentialScaling? dequantization = model.Layers[^1].CreateDequantization(model.Plan.Output.Shape.Channels);
        IEnumerable<OutputBatch> outputs = Batches<float>(model, samples, options, model.Plan.OutputStep, Collect, cancellation)
            .Select(batch => new OutputBatch(batch.Start, batch.Count, batch.Values));
        outputs = model.Tail.Count == 0 ? outputs : Behind(outputs, new TailRun(model, samples, options, takesAll), cancellation);
        return options.Call is not { } call ? outputs : outputs.Select(batch =>
        {
            if (batch.Start + batch.Count == samples.Count)
            {
                call.Advance(samples);
            }

            return batch;
        });

        void Collect(TensorData output, int batch, Memory<float> values)
        {
            if (dequantization is null)
            {
                output.CopyTo(values.Span, batch);
            }
            else
            {
                dequantization.Run((IntegerData)output, values.Span, batch);
            }
        }
    }

    /// <summary>The samples of a batch: of a stream those of a time step.</summary>
    private static int Length(AkidaModel model, SampleSet samples, EmulationOptions options)
    {
        if (options.Call is not { } call)
        {
            return SampleBatches.BatchSize(options.BatchSize, model.IsStateful);
        }

        call.Require(model, samples, options.BatchSize);
        return call.Stream.Count;
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
        EmulationOptions options,
        int step,
        Action<TensorData, int, Memory<T>> collect,
        CancellationToken cancellation)
    {
        samples = model.Form is { } form ? form.Fit(samples, model.InputShape, model.TakesChannelsFirst, model.Name)
            : model.Layers[0] is AkidaQuantizer { ChannelsFirst: true }
            ? SampleInput.FitChannelsFirst(samples, model.InputShape, model.Name)
            : SampleInput.FitChannelsLast(samples, model.InputShape, model.TakesChannelsFirst, model.Name);
        (ValueRange, string)? type = model.Plan.Input is QuantizedSpec input ? (input.Range, Describe(input)) : null;
        return SampleBatches.Run<T>(
            model.Plan,
            samples,
            options.BatchSize,
            options.Threads,
            type,
            [step],
            (runner, batch, values) => collect(runner[step], batch, values),
            cancellation,
            options.Observers,
            options.Call?.Model);
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
