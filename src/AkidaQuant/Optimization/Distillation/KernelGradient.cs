namespace AkidaQuant.Optimization.Distillation;

/// <summary>The gradients of a linear layer, without its bias, by its input and by its kernels.</summary>
internal abstract class KernelGradient
{
    /// <summary>The kernels, in the order of the layer's variables.</summary>
    public abstract IReadOnlyList<LayerKernel> Kernels { get; }

    /// <summary>Adds the gradients of some samples.</summary>
    /// <param name="input">What the layer took.</param>
    /// <param name="byOutput">The gradient by what it gave.</param>
    /// <param name="byInput">Where the gradient by the input is added; empty when nobody needs it.</param>
    /// <param name="byKernels">Where the gradient by the weights of each kernel is added; an empty array for those nobody needs.</param>
    /// <param name="batch">The number of samples.</param>
    public abstract void Add(
        ReadOnlySpan<float> input, ReadOnlySpan<float> byOutput, Span<float> byInput, IReadOnlyList<float[]> byKernels, int batch);
}
