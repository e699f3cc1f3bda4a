using System.Buffers;
using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Quantization;

/// <summary>
/// What calibration looks at: the tensors that get a quantizer. The extremes of one batch are a record: for each tensor its
/// greatest magnitudes, one or one a channel; for the input its greatest values, then its least ones.
/// </summary>
internal sealed class CalibrationObservers
{
    private readonly Observer[] _observers;
    private readonly ILookup<int, Observer> _byStep;

    private CalibrationObservers(IReadOnlyList<Observer> observers)
    {
        _observers = [.. observers];
        _byStep = observers.ToLookup(observer => observer.Step);
        Size = observers.Sum(observer => observer.Size);
    }

    /// <summary>The number of values of a record.</summary>
    public int Size { get; }

    /// <summary>The steps that are looked at.</summary>
    public IEnumerable<int> Steps => _byStep.Select(step => step.Key);

    /// <summary>An observer for the input, where it is quantized, and one for each output that is.</summary>
    /// <param name="plan">The plan of the float model.</param>
    /// <param name="quantized">The quantized model, not calibrated yet.</param>
    public static CalibrationObservers Of(ExecutionPlan<Node> plan, Model quantized)
    {
        List<Observer> observers = [];
        int start = 0;
        foreach (Node node in quantized.Nodes)
        {
            if (node.Layer is InputQuantizer input)
            {
                bool isInside = node.Inputs[0] != quantized.Input.Name;
                int step = isInside ? plan.Position(node.Inputs[0]) : ExecutionPlan.ModelInput;
                Shape shape = isInside ? plan.Steps[step].Prepared.Output.Shape : plan.Input.Shape;
                Add(null, isInside ? node.Name : null, step, input.PerAxis ? shape.Channels : 0);
            }
            else if (node.Layer is QuantizedLayer { OutputQuantizer: { } output })
            {
                int step = plan.Position(node.Name);
                Add(node.Name, null, step, output.PerAxis ? plan.Steps[step].Prepared.Output.Shape.Channels : 0);
            }
        }

        return new CalibrationObservers(observers);

        void Add(string? layer, string? crossing, int step, int channels)
        {
            observers.Add(new Observer(layer, plan.Origin(step), channels, start, crossing));
            start += observers[^1].Size;
        }
    }

    /// <summary>An observer for each channel of what layers give.</summary>
    /// <param name="plan">The plan of the float model.</param>
    /// <param name="layers">The layers.</param>
    public static CalibrationObservers Of(ExecutionPlan<Node> plan, IEnumerable<string> layers)
    {
        List<Observer> observers = [];
        int start = 0;
        foreach (string layer in layers)
        {
            int step = plan.Position(layer);
            observers.Add(new Observer(layer, plan.Origin(step), plan.Steps[step].Prepared.Output.Shape.Channels, start));
            start += observers[^1].Size;
        }

        return new CalibrationObservers(observers);
    }

    /// <summary>A record of no values yet.</summary>
    public float[] NewRecord()
    {
        float[] record = new float[Size];
        foreach (Observer observer in _observers)
        {
            observer.Clear(record);
        }

        return record;
    }

    /// <summary>Whether what a step gives is looked at.</summary>
    public bool Sees(int step) => _byStep.Contains(step);

    /// <summary>Takes values that a step gave into the record of their batch; several threads may do so.</summary>
    public void See(int step, ReadOnlySpan<float> values, float[] record)
    {
        foreach (Observer observer in _byStep[step])
        {
            observer.See(values, record);
        }
    }

    /// <summary>Takes the extremes of the next batch into the ranges.</summary>
    public void Fold(float[] record)
    {
        foreach (Observer observer in _observers)
        {
            observer.Fold(record);
        }
    }

    /// <summary>Takes the extremes of a batch into those of others.</summary>
    public void Merge(float[] record, float[] into)
    {
        foreach (Observer observer in _observers)
        {
            observer.Merge(record, into);
        }
    }

    /// <summary>The ranges so far.</summary>
    public CalibratedRanges Ranges()
    {
        CalibratedRanges ranges = new();
        foreach (Observer observer in _observers)
        {
            observer.Store(ranges);
        }

        return ranges;
    }

    /// <summary>Follows one tensor: its greatest magnitude, or for what an InputQuantizer takes its least and greatest value.</summary>
    private sealed class Observer(string? layer, int step, int channels, int start, string? crossing = null)
    {
        private readonly MovingMaximum _max = new(Math.Max(channels, 1));
        private readonly MovingMaximum _min = new(Math.Max(channels, 1));

        public int Step => step;

        /// <summary>The number of values in a record.</summary>
        public int Size => layer is null ? 2 * Length : Length;

        private int Length => Math.Max(channels, 1);

        public void Clear(float[] record)
        {
            if (layer is null)
            {
                Greatest(record).Fill(float.NegativeInfinity);
                Least(record).Fill(float.PositiveInfinity);
            }
        }

        public void See(ReadOnlySpan<float> values, float[] record)
        {
            float[] rented = ArrayPool<float>.Shared.Rent(Size);
            Span<float> found = rented.AsSpan(0, Length);
            if (layer is null)
            {
                Span<float> least = rented.AsSpan(Length, Length);
                FindExtremes(values, found, least);
                lock (record)
                {
                    TensorPrimitives.Min(Least(record), least, Least(record));
                }
            }
            else
            {
                Magnitudes.Greatest(values, found);
            }

            lock (record)
            {
                TensorPrimitives.Max(Greatest(record), found, Greatest(record));
            }

            ArrayPool<float>.Shared.Return(rented);
        }

        public void Fold(float[] record)
        {
            _max.Update(Greatest(record));
            if (layer is null)
            {
                _min.Update(Least(record));
            }
        }

        public void Merge(float[] record, float[] into)
        {
            TensorPrimitives.Max(Greatest(into), Greatest(record), Greatest(into));
            if (layer is null)
            {
                TensorPrimitives.Min(Least(into), Least(record), Least(into));
            }
        }

        public void Store(CalibratedRanges ranges)
        {
            if (crossing is not null)
            {
                ranges.Crossing[crossing] = (Range(_min), Range(_max));
            }
            else if (layer is null)
            {
                ranges.Input = (Range(_min), Range(_max));
            }
            else
            {
                ranges[layer] = Range(_max);
            }
        }

        private Span<float> Greatest(float[] record) => record.AsSpan(start, Length);

        private Span<float> Least(float[] record) => record.AsSpan(start + Length, Length);

        private void FindExtremes(ReadOnlySpan<float> values, Span<float> greatest, Span<float> least)
        {
            if (channels == 0)
            {
                greatest[0] = TensorPrimitives.Max(values);
                least[0] = TensorPrimitives.Min(values);
                return;
            }

            values[..channels].CopyTo(greatest);
            values[..channels].CopyTo(least);
            for (int at = channels; at < values.Length; at += channels)
            {
                TensorPrimitives.Max(greatest, values.Slice(at, channels), greatest);
                TensorPrimitives.Min(least, values.Slice(at, channels), least);
            }
        }

        private NdArray<float> Range(MovingMaximum maximum) =>
            new(channels == 0 ? Shape.Scalar : new Shape(channels), maximum.Values.ToArray());
    }
}
