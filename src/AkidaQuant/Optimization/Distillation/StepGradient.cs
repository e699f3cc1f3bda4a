namespace AkidaQuant.Optimization.Distillation;

/// <summary>How the gradient by what a step gives becomes gradients by what it takes, and by its parameters.</summary>
/// <param name="step">The step.</param>
/// <param name="inputs">The steps that it takes.</param>
internal abstract class StepGradient(int step, IReadOnlyList<int> inputs)
{
    /// <summary>The step.</summary>
    protected int Step => step;

    /// <summary>The steps that it takes.</summary>
    protected IReadOnlyList<int> Inputs => inputs;

    /// <summary>Adds the gradients by inputs and parameters.</summary>
    /// <param name="frame">Values and gradients.</param>
    /// <param name="byOutput">The gradient by the output, before its quantizer where there is one.</param>
    public abstract void Add(GradientFrame frame, ReadOnlySpan<float> byOutput);
}
