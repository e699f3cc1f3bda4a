using System.Numerics.Tensors;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>A layer that passes values on in their order, or the sum of several inputs, times a factor.</summary>
internal sealed class PassingGradient(int step, IReadOnlyList<int> inputs, float factor = 1) : StepGradient(step, inputs)
{
    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        foreach (int input in Inputs)
        {
            if (frame.Gradient(input) is { IsEmpty: false } byInput)
            {
                TensorPrimitives.MultiplyAdd(byOutput, factor, byInput, byInput);
            }
        }
    }
}

/// <summary>The rectifier, bounded or not.</summary>
internal sealed class RectifierGradient(int step, IReadOnlyList<int> inputs, float? maximum) : StepGradient(step, inputs)
{
    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        ReadOnlySpan<float> given = frame.Values(Inputs[0]);
        Span<float> byInput = frame.Gradient(Inputs[0]);
        float most = maximum ?? float.PositiveInfinity;
        for (int i = 0; i < byInput.Length; i++)
        {
            byInput[i] += given[i] > 0 && given[i] < most ? byOutput[i] : 0;
        }
    }
}

/// <summary>A function of each value alone, by the difference of its neighbours.</summary>
/// <param name="step">The step.</param>
/// <param name="inputs">The step that it takes.</param>
/// <param name="function">The function.</param>
/// <param name="distance">How far the neighbours are.</param>
internal sealed class FunctionGradient(int step, IReadOnlyList<int> inputs, Func<float, float> function, float distance)
    : StepGradient(step, inputs)
{
    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        ReadOnlySpan<float> given = frame.Values(Inputs[0]);
        Span<float> byInput = frame.Gradient(Inputs[0]);
        Dictionary<float, float> slopes = [];
        for (int i = 0; i < byInput.Length; i++)
        {
            if (!slopes.TryGetValue(given[i], out float slope))
            {
                slope = (function(given[i] + distance) - function(given[i] - distance)) / (2 * distance);
                slopes.Add(given[i], slope);
            }

            byInput[i] += byOutput[i] * slope;
        }
    }
}
