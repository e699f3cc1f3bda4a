using System.Numerics.Tensors;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// How far outputs are from those of the float network. Where a sample gives a vector of several values, they are taken for the
/// logits of classes: the divergence of their distributions, and some times the squared error, since divergence alone lets logits
/// drift that no class depends on. For others the squared error. Errors are relative to the mean square of the float outputs.
/// </summary>
internal sealed class DistillationLoss
{
    private const float SquaresBesideDivergence = 5;

    private readonly float[] _targets;
    private readonly int _size;
    private readonly bool _isProbability;
    private readonly bool _isVector;
    private readonly float _factor;

    /// <summary>The loss towards some outputs.</summary>
    /// <param name="targets">The outputs of the float network, a sample after the other.</param>
    /// <param name="size">The values of a sample.</param>
    /// <param name="isVector">Whether they are the logits of classes.</param>
    /// <param name="isProbability">Whether the float outputs are the probabilities of classes, to which the logits are compared.</param>
    public DistillationLoss(float[] targets, int size, bool isVector, bool isProbability)
    {
        _targets = targets;
        _size = size;
        _isProbability = isProbability;
        _isVector = isVector && !isProbability;
        double squares = 0;
        foreach (float target in targets)
        {
            squares += (double)target * target;
        }

        float part = isProbability ? 0 : _isVector ? SquaresBesideDivergence : 1;
        _factor = part / (float)Math.Max(squares / targets.Length * size, 1e-30);
    }

    /// <summary>The loss of a sample, and its gradient.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="output">What the quantized network gives for it: logits, or other values.</param>
    /// <param name="gradient">Receives the gradient times <paramref name="weight"/>; empty when it is not needed.</param>
    /// <param name="weight">The weight of the sample.</param>
    public double Of(int sample, ReadOnlySpan<float> output, Span<float> gradient, float weight)
    {
        ReadOnlySpan<float> target = _targets.AsSpan(sample * _size, _size);
        double loss = 0;
        gradient.Clear();
        for (int i = 0; i < output.Length && _factor > 0; i++)
        {
            float error = output[i] - target[i];
            loss += (double)_factor * error * error;
            if (!gradient.IsEmpty)
            {
                gradient[i] = 2 * _factor * error * weight;
            }
        }

        return _isVector || _isProbability ? loss + Divergence(target, output, gradient, weight) : loss;
    }

    private double Divergence(ReadOnlySpan<float> target, ReadOnlySpan<float> output, Span<float> gradient, float weight)
    {
        double[] expected = _isProbability ? [.. target.ToArray().Select(value => (double)value)] : Softmax(target);
        double[] given = Softmax(output);
        double divergence = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            divergence += expected[i] <= 0 ? 0 : expected[i] * (Math.Log(expected[i]) - Math.Log(Math.Max(given[i], 1e-30)));
            if (!gradient.IsEmpty)
            {
                gradient[i] += (float)(given[i] - expected[i]) * weight;
            }
        }

        return divergence;
    }

    private static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double greatest = TensorPrimitives.Max(logits);
        double[] values = new double[logits.Length];
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Exp(logits[i] - greatest);
            sum += values[i];
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] /= sum;
        }

        return values;
    }
}
