using System.Numerics.Tensors;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>A layer with kernels and perhaps a bias.</summary>
/// <param name="step">The step.</param>
/// <param name="inputs">The step that it takes.</param>
/// <param name="linear">The linear part.</param>
/// <param name="kernelSlots">The parameter that each kernel is; -1 where it is not trained.</param>
/// <param name="biasSlot">The parameter that the bias is; -1 where it is not trained.</param>
/// <param name="channels">The channels of the output.</param>
internal sealed class WeightedGradient(
    int step, IReadOnlyList<int> inputs, KernelGradient linear, int[] kernelSlots, int biasSlot, int channels) : StepGradient(step, inputs)
{
    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        float[][] byKernels = Array.ConvertAll(kernelSlots, slot => slot < 0 ? [] : frame.ByParameters[slot]);
        linear.Add(frame.Values(Inputs[0]), byOutput, frame.Gradient(Inputs[0]), byKernels, frame.Batch);
        if (biasSlot >= 0)
        {
            Span<float> byBias = frame.ByParameters[biasSlot];
            for (int i = 0; i < byOutput.Length; i += channels)
            {
                TensorPrimitives.Add(byBias, byOutput.Slice(i, channels), byBias);
            }
        }
    }
}
