namespace AkidaQuant.Optimization.Distillation;

/// <summary>The steps of the Adam optimizer for the values of one parameter.</summary>
/// <param name="count">The number of values.</param>
internal sealed class AdamMoments(int count)
{
    private const float FirstDecay = 0.9f;
    private const float SecondDecay = 0.999f;

    /// <summary>Small beside the root of any square of a gradient that float32 holds.</summary>
    private const float Smallest = 1e-18f;

    private readonly float[] _first = new float[count];
    private readonly float[] _second = new float[count];
    private double _firstPower = 1;
    private double _secondPower = 1;

    /// <summary>Moves values against their gradients.</summary>
    /// <param name="values">The values.</param>
    /// <param name="gradients">The gradients by them.</param>
    /// <param name="rate">The length of a step of each value, where all gradients so far are alike.</param>
    public void Step(Span<float> values, ReadOnlySpan<float> gradients, Func<int, float> rate)
    {
        _firstPower *= FirstDecay;
        _secondPower *= SecondDecay;
        float first = (float)(1 / (1 - _firstPower));
        float second = (float)(1 / (1 - _secondPower));
        for (int i = 0; i < values.Length; i++)
        {
            _first[i] = (FirstDecay * _first[i]) + ((1 - FirstDecay) * gradients[i]);
            _second[i] = (SecondDecay * _second[i]) + ((1 - SecondDecay) * gradients[i] * gradients[i]);
            values[i] -= rate(i) * first * _first[i] / (MathF.Sqrt(second * _second[i]) + Smallest);
        }
    }
}
