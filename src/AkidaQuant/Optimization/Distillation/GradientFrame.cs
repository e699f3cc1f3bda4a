using System.Numerics.Tensors;
using AkidaQuant.Execution;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The real values and the gradients of every tensor of a network for some samples.</summary>
internal sealed class GradientFrame
{
    private readonly bool[] _needs;
    private readonly float[][] _values;
    private readonly float[][] _gradients;
    private readonly bool[] _isRead;
    private PlanRunner? _runner;
    private ExecutionPlan? _plan;

    /// <summary>Allocates nothing yet but the gradients of parameters.</summary>
    /// <param name="needs">Which steps need the gradient by their output.</param>
    /// <param name="parameters">The number of values of each trained parameter.</param>
    public GradientFrame(bool[] needs, IEnumerable<int> parameters)
    {
        _needs = needs;
        _values = new float[needs.Length][];
        _gradients = new float[needs.Length][];
        _isRead = new bool[needs.Length];
        ByParameters = [.. parameters.Select(count => new float[count])];
    }

    /// <summary>The number of samples.</summary>
    public int Batch { get; private set; }

    /// <summary>The gradients by the trained parameters.</summary>
    public float[][] ByParameters { get; }

    /// <summary>The loss of the samples, a sum.</summary>
    public double Loss { get; set; }

    /// <summary>The tensor that a step gives.</summary>
    public TensorSpec Spec(int step) => _plan!.StepList[step].Prepared.Output;

    /// <summary>Takes what a runner gave; all gradients are 0 then.</summary>
    public void Begin(ExecutionPlan plan, PlanRunner runner, int batch)
    {
        (_plan, _runner, Batch) = (plan, runner, batch);
        Array.Clear(_isRead);
        for (int step = 0; step < _needs.Length; step++)
        {
            if (_needs[step])
            {
                _gradients[step] = Sized(_gradients[step], step);
                Array.Clear(_gradients[step], 0, Size(step));
            }
        }
    }

    /// <summary>Makes the gradients by parameters and the loss 0.</summary>
    public void Clear()
    {
        Loss = 0;
        foreach (float[] gradient in ByParameters)
        {
            Array.Clear(gradient);
        }
    }

    /// <summary>The real values that a step gave, a sample after the other.</summary>
    public ReadOnlySpan<float> Values(int step)
    {
        int size = Size(step);
        if (!_isRead[step])
        {
            float[] values = _values[step] = Sized(_values[step], step);
            _runner![step].CopyTo(values.AsSpan(0, size), Batch);
            if (Spec(step) is QuantizedSpec spec)
            {
                float[] steps = StepsOf(spec);
                for (int i = 0; i < size; i += steps.Length)
                {
                    TensorPrimitives.Multiply(values.AsSpan(i, steps.Length), steps, values.AsSpan(i, steps.Length));
                }
            }

            _isRead[step] = true;
        }

        return _values[step].AsSpan(0, size);
    }

    /// <summary>The gradient by what a step gave, to add to; empty when nobody needs it.</summary>
    public Span<float> Gradient(int step) => step >= 0 && _needs[step] ? _gradients[step].AsSpan(0, Size(step)) : [];

    /// <summary>The real value of an integer step, for each channel.</summary>
    public static float[] StepsOf(QuantizedSpec spec)
    {
        float[] steps = new float[spec.Shape.Channels];
        for (int channel = 0; channel < steps.Length; channel++)
        {
            int bits = spec.HasScalarFracBits ? spec.FracBits[0] : spec.FracBits[channel];
            float scale = spec.Scales is { } scales ? scales.Count == 1 ? scales.Span[0] : scales[channel] : 1;
            steps[channel] = MathF.ScaleB(scale, -bits);
        }

        return steps;
    }

    private int Size(int step) => Batch * Spec(step).Shape.Size;

    private float[] Sized(float[]? held, int step) => held is not null && held.Length >= Size(step) ? held : new float[Size(step)];
}
