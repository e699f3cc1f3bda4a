using System.Collections.Concurrent;
using System.Diagnostics;
using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Quantization;

/// <summary>
/// Runs samples through the float model and follows the extreme values of every tensor that gets a quantizer,
/// batch by batch (quantize.md 10 and 11). The extremes of a batch do not depend on how it is cut into chunks,
/// so chunks run in parallel; but models that keep state see the time steps of their streams one after the other.
/// </summary>
internal static class Calibration
{
    /// <summary>The number of random samples where none are given.</summary>
    public const int DefaultSampleCount = 1024;

    /// <summary>The ranges of all quantizers of <paramref name="quantized"/>.</summary>
    /// <param name="floating">The rewritten float model, whose layers have the same names.</param>
    /// <param name="quantized">The quantized model, not calibrated yet.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="options">Batches, epochs, progress.</param>
    public static CalibratedRanges Run(Model floating, Model quantized, SampleSet samples, QuantizeOptions options)
    {
        (samples, int batchSize, int batches) = Batches(floating, samples, options);
        samples = SampleInput.Fit(samples, floating.Input, floating.Name);
        int total = (long)batches * options.Epochs <= int.MaxValue ? batches * options.Epochs : throw new QuantException(
            "ParameterOutOfRange",
            QuantErrorKind.InvalidArgument,
            $"{options.Epochs} epochs of {batches} batches are more than {int.MaxValue} batches. Use fewer epochs.",
            nameof(options.Epochs));
        ExecutionPlan<Node> plan = floating.Plan;
        List<Observer> observers = Observers(plan, quantized);
        int chunk = Inference.ChunkSize(samples, batchSize, plan.BytesPerSample, floating.IsStateful, floating.Name);
        ConcurrentBag<PlanRunner> runners = [];
        var clock = Stopwatch.StartNew();
        for (int done = 0; done < total; done++)
        {
            int start = done % batches * batchSize;
            int length = Math.Min(batchSize, samples.Count - start);
            SampleChunks.Run(start, length, chunk, runners, () => new PlanRunner(plan, chunk), (runner, at, batch) =>
            {
                SampleInput.Load(samples, at, batch, runner.Input, floating.Input.Type, floating.Name);
                runner.Run(batch, options.Cancellation);
                foreach (Observer observer in observers)
                {
                    observer.See(((FloatData)runner[observer.Step]).Values(batch));
                }
            }, options.Cancellation);
            observers.ForEach(observer => observer.EndBatch());
            options.Progress?.Report(new CalibrationProgress(done + 1, total, clock.Elapsed));
        }

        CalibratedRanges ranges = new();
        observers.ForEach(observer => observer.Store(ranges));
        return ranges;
    }

    /// <summary>The samples in the order in which they run, the size of a batch and the number of batches (quantize.md 10.2).</summary>
    private static (SampleSet Samples, int BatchSize, int Batches) Batches(Model floating, SampleSet samples, QuantizeOptions options)
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

    private static List<Observer> Observers(ExecutionPlan<Node> plan, Model quantized)
    {
        List<Observer> observers = [];
        foreach (Node node in quantized.Nodes)
        {
            if (node.Layer is InputQuantizer input)
            {
                observers.Add(new Observer(null, plan.InputStep, input.PerAxis ? plan.Model.InputShape.Channels : 0));
            }
            else if (node.Layer is QuantizedLayer { OutputQuantizer: { } output })
            {
                int step = plan.Position(node.Name);
                observers.Add(new Observer(node.Name, step, output.PerAxis ? plan.Steps[step].Prepared.Output.Shape.Channels : 0));
            }
        }

        return observers;
    }

    /// <summary>Follows one tensor: its greatest magnitude, or for the input its least and greatest value.</summary>
    private sealed class Observer
    {
        private readonly string? _layer;
        private readonly int _channels;
        private readonly MovingMaximum _max;
        private readonly MovingMaximum _min;
        private readonly float[] _batchMax;
        private readonly float[] _batchMin;

        public Observer(string? layer, int step, int channels)
        {
            _layer = layer;
            Step = step;
            _channels = channels;
            int size = Math.Max(channels, 1);
            _max = new MovingMaximum(size);
            _min = new MovingMaximum(size);
            _batchMax = new float[size];
            _batchMin = new float[size];
            Reset();
        }

        public int Step { get; }

        public void See(ReadOnlySpan<float> values)
        {
            float[] max = new float[_batchMax.Length];
            float[] min = new float[_batchMin.Length];
            if (_channels == 0)
            {
                max[0] = TensorPrimitives.Max(values);
                min[0] = TensorPrimitives.Min(values);
            }
            else
            {
                values[.._channels].CopyTo(max);
                values[.._channels].CopyTo(min);
                for (int start = _channels; start < values.Length; start += _channels)
                {
                    TensorPrimitives.Max(max, values.Slice(start, _channels), max);
                    TensorPrimitives.Min(min, values.Slice(start, _channels), min);
                }
            }

            lock (_max)
            {
                TensorPrimitives.Max(_batchMax, max, _batchMax);
                TensorPrimitives.Min(_batchMin, min, _batchMin);
            }
        }

        public void EndBatch()
        {
            if (_layer is null)
            {
                _max.Update(_batchMax);
                _min.Update(_batchMin);
            }
            else
            {
                TensorPrimitives.Negate(_batchMin, _batchMin);
                TensorPrimitives.Max(_batchMax, _batchMin, _batchMax);
                _max.Update(_batchMax);
            }

            Reset();
        }

        public void Store(CalibratedRanges ranges)
        {
            if (_layer is null)
            {
                ranges.Input = (Range(_min), Range(_max));
            }
            else
            {
                ranges[_layer] = Range(_max);
            }
        }

        private NdArray<float> Range(MovingMaximum maximum) =>
            new(_channels == 0 ? Shape.Scalar : new Shape(_channels), maximum.Values.ToArray());

        private void Reset()
        {
            Array.Fill(_batchMax, float.NegativeInfinity);
            Array.Fill(_batchMin, float.PositiveInfinity);
        }
    }
}
