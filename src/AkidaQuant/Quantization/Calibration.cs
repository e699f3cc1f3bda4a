using System.Diagnostics;
using AkidaQuant.Checks;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>
/// Runs samples through the float model and follows the extreme values of every tensor that gets a quantizer,
/// batch by batch (quantize.md 10 and 11). The extremes of a batch do not depend on how it is cut into chunks,
/// so chunks run in parallel; but models that keep state see the time steps of their streams one after the other.
/// </summary>
internal static class Calibration
{
    /// <summary>The most bytes of extremes that are kept: those of batches that run together, and those of an epoch for the next.</summary>
    private const int RecordBytes = 32 << 20;

    /// <summary>So many samples run between two reports of progress, unless a batch has more.</summary>
    private const int WindowSamples = 64;

    /// <summary>The number of random samples where none are given.</summary>
    public const int DefaultSampleCount = 1024;

    /// <summary>The ranges of all quantizers of <paramref name="quantized"/>.</summary>
    /// <param name="floating">The rewritten float model, whose layers have the same names.</param>
    /// <param name="quantized">The quantized model, not calibrated yet.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="options">Batches, epochs, progress.</param>
    /// <param name="kept">Takes the outputs of some samples as they pass; null for none.</param>
    public static CalibratedRanges Run(
        Model floating, Model quantized, SampleSet samples, QuantizeOptions options, KeptOutputs? kept = null) =>
        Run(floating, CalibrationObservers.Of(floating.Plan, quantized), samples, options, TakesExtremes(floating, options), kept);

    /// <summary>The greatest magnitude in each channel of what layers of a float model give, over all samples.</summary>
    public static CalibratedRanges Magnitudes(Model floating, IEnumerable<string> layers, SampleSet samples, QuantizeOptions options) =>
        Run(floating, CalibrationObservers.Of(floating.Plan, layers), samples, options with { Progress = null, Epochs = 1 }, isWhole: true);

    private static CalibratedRanges Run(
        Model floating,
        CalibrationObservers observers,
        SampleSet samples,
        QuantizeOptions options,
        bool isWhole,
        KeptOutputs? kept = null)
    {
        (samples, int batchSize, int batches) = Batches(floating, samples, options);
        samples = floating.Input.Fit(samples, floating.Name);
        int total = (long)batches * options.Epochs <= int.MaxValue ? batches * options.Epochs : throw new QuantException(
            "ParameterOutOfRange",
            QuantErrorKind.InvalidArgument,
            $"{options.Epochs} epochs of {batches} batches are more than {int.MaxValue} batches. Use fewer epochs.",
            nameof(options.Epochs));
        ExecutionPlan<Node> plan = floating.Plan;
        using Pass pass = new(plan, floating, samples, batchSize, batches, observers, kept, options);
        var clock = Stopwatch.StartNew();
        bool isRepeated = options.Epochs > 1 && !plan.IsStateful && (long)batches * observers.Size * sizeof(float) <= RecordBytes;
        List<float[]>? records = isRepeated ? [] : null;
        float[]? whole = isWhole ? observers.NewRecord() : null;
        int done = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            // The extremes of a batch are the same in every epoch, unless the model remembers what it saw: no sample runs again.
            IEnumerable<float[]> extremes = epoch > 0 && records is not null ? records : pass.Run(batches);
            foreach (float[] record in extremes)
            {
                options.Cancellation.ThrowIfCancellationRequested();
                if (whole is null)
                {
                    observers.Fold(record);
                }
                else
                {
                    observers.Merge(record, whole);
                }

                if (epoch == 0)
                {
                    records?.Add(record);
                }

                done++;
                options.Progress?.Report(new CalibrationProgress(done, total, clock.Elapsed));
            }
        }

        if (whole is not null)
        {
            observers.Fold(whole);
        }

        return observers.Ranges();
    }

    /// <summary>
    /// Whether ranges are the extremes of all samples, as the reference takes them of a network from an ONNX file (onnx.md 5.2), and
    /// not averages over batches: so unless a batch was asked for.
    /// </summary>
    private static bool TakesExtremes(Model floating, QuantizeOptions options) =>
        floating.Input.IsFromOnnx && options.BatchSize is null && !floating.IsStateful;

    /// <summary>The samples in the order in which they run, the size of a batch and the number of batches (quantize.md 10.2).</summary>
    /// <param name="floating">The rewritten float model.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="options">Batches and the number of samples.</param>
    /// <exception cref="QuantException">As <see cref="StreamSamples.Arrange"/>.</exception>
    internal static (SampleSet Samples, int BatchSize, int Batches) Batches(Model floating, SampleSet samples, QuantizeOptions options)
    {
        if (floating.IsStateful)
        {
            (SampleSet ordered, int streams) = StreamSamples.Arrange(floating, samples, options.BatchSize);
            return (ordered, streams, ordered.Count / streams);
        }

        int count = options.SampleCount ?? samples.Count;
        int batchSize = options.BatchSize ?? Quotient(samples.Count, count);
        int steps = options.BatchSize is null ? count : Quotient(count, batchSize);
        return (samples, batchSize, Math.Min(steps, Quotient(samples.Count, batchSize)));
    }

    /// <summary>The quotient of positive numbers, rounded up.</summary>
    private static int Quotient(int value, int divisor) => ((value - 1) / divisor) + 1;

    /// <summary>Runs all batches once, several at a time, and gives their extremes in order.</summary>
    private sealed class Pass : IDisposable
    {
        private readonly ExecutionPlan<Node> _plan;
        private readonly Model _floating;
        private readonly SampleSet _samples;
        private readonly int _batchSize;
        private readonly CalibrationObservers _observers;
        private readonly KeptOutputs? _kept;
        private readonly QuantizeOptions _options;
        private readonly int _window;
        private readonly RunnerLease _runners;

        public Pass(
            ExecutionPlan<Node> plan,
            Model floating,
            SampleSet samples,
            int batchSize,
            int batches,
            CalibrationObservers observers,
            KeptOutputs? kept,
            QuantizeOptions options)
        {
            _plan = plan;
            _floating = floating;
            _samples = samples;
            _batchSize = batchSize;
            _observers = observers;
            _kept = kept;
            _options = options;
            _window = Window(batches);
            int threads = SampleBatches.Threads(options.Threads);
            RunnerResults results = RunnerResults.Of([], [.. observers.Steps, .. kept?.Steps ?? []]);
            SampleChunks chunks = plan.IsStateful
                ? SampleBatches.Chunks(plan, results, samples, batchSize, threads)
                : SampleChunks.Of(plan.BytesPerSample(results), Math.Min(_window * batchSize, samples.Count), threads);
            _runners = new RunnerLease(plan, chunks, results);
        }

        public IEnumerable<float[]> Run(int batches)
        {
            for (int first = 0; first < batches; first += _window)
            {
                int count = Math.Min(_window, batches - first);
                int start = first * _batchSize;
                float[][] records = [.. Enumerable.Range(0, count).Select(_ => _observers.NewRecord())];
                _runners.Run(start, Math.Min(count * _batchSize, _samples.Count - start), (runner, at, batch) =>
                {
                    SampleInput.Load(_samples, at, batch, runner.Input, _floating.Input.Integers, _floating.Name);
                    runner.Run(batch, (step, data, number) =>
                    {
                        See(records, at - start, step, data, number);
                        _kept?.See(step, at, data, number);
                    }, _options.Cancellation);
                }, _options.Cancellation);
                foreach (float[] record in records)
                {
                    yield return record;
                }
            }
        }

        public void Dispose() => _runners.Dispose();

        /// <summary>The batches that run at the same time: one by one where the model keeps state.</summary>
        private int Window(int batches) => _plan.IsStateful
            ? 1
            : (int)Math.Clamp(
                Math.Min(WindowSamples / _batchSize, RecordBytes / Math.Max(_observers.Size * sizeof(float), 1)), 1, batches);

        /// <summary>Takes in what a step gave for some samples, which may be parts of several batches.</summary>
        private void See(float[][] records, int first, int step, TensorData data, int number)
        {
            if (!_observers.Sees(step))
            {
                return;
            }

            ReadOnlySpan<float> values = ((FloatData)data).Values(number);
            for (int done = 0; done < number;)
            {
                (int batch, int within) = Math.DivRem(first + done, _batchSize);
                int count = Math.Min(_batchSize - within, number - done);
                _observers.See(step, values.Slice(done * data.SampleSize, count * data.SampleSize), records[batch]);
                done += count;
            }
        }
    }
}
