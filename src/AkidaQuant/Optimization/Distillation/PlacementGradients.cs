using System.Numerics.Tensors;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>Tensors joined along an axis.</summary>
/// <param name="step">The step.</param>
/// <param name="inputs">The steps that it takes.</param>
/// <param name="runs">The values of each input that lie side by side in the output.</param>
internal sealed class ConcatenationGradient(int step, IReadOnlyList<int> inputs, IReadOnlyList<int> runs) : StepGradient(step, inputs)
{
    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        int all = runs.Sum();
        int offset = 0;
        for (int index = 0; index < Inputs.Count; index++)
        {
            Span<float> byInput = frame.Gradient(Inputs[index]);
            int run = runs[index];
            for (int i = 0; i < byInput.Length; i += run)
            {
                Span<float> target = byInput.Slice(i, run);
                TensorPrimitives.Add(target, byOutput.Slice((i / run * all) + offset, run), target);
            }

            offset += run;
        }
    }
}

/// <summary>Axes in another order.</summary>
/// <param name="step">The step.</param>
/// <param name="inputs">The step that it takes.</param>
/// <param name="places">For each value of an output sample its place in the input sample.</param>
internal sealed class PermutationGradient(int step, IReadOnlyList<int> inputs, int[] places) : StepGradient(step, inputs)
{
    /// <summary>The places of the values of a sample whose axes are ordered anew.</summary>
    /// <param name="input">The shape of the input.</param>
    /// <param name="dims">For each axis of the output the axis of the input, counted from 1.</param>
    public static int[] Places(Shape input, IReadOnlyList<int> dims)
    {
        int[] strides = new int[input.Rank];
        int stride = 1;
        for (int axis = input.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= input[axis];
        }

        int[] places = new int[stride];
        for (int i = 0; i < places.Length; i++)
        {
            int rest = i;
            for (int axis = dims.Count - 1; axis >= 0; axis--)
            {
                (rest, int index) = Math.DivRem(rest, input[dims[axis] - 1]);
                places[i] += index * strides[dims[axis] - 1];
            }
        }

        return places;
    }

    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        Span<float> byInput = frame.Gradient(Inputs[0]);
        for (int i = 0; i < byInput.Length; i++)
        {
            int at = i % places.Length;
            byInput[i - at + places[at]] += byOutput[i];
        }
    }
}
