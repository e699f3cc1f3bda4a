using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The gradients of layers without weights.</summary>
internal static class StepGradients
{
    /// <summary>The distance of differences of float functions.</summary>
    private const float FloatDistance = 1f / 64;

    /// <summary>The gradient of a step; null for a layer that cannot be trained through.</summary>
    /// <param name="index">Its position in the plan.</param>
    /// <param name="step">The step.</param>
    public static StepGradient? Of(int index, PlanStep<Node> step)
    {
        IReadOnlyList<int> inputs = step.Inputs;
        Shape input = step.Taken[0].Shape;
        switch (step.Node.Layer)
        {
            case QuantizedReLU rectifier:
                return new RectifierGradient(index, inputs, rectifier.MaxValue);
            case ReLU { NegativeSlope: 0, Threshold: 0 } rectifier:
                return new RectifierGradient(index, inputs, rectifier.MaxValue);
            case QuantizedActivation activation:
                float distance = GradientFrame.StepsOf((QuantizedSpec)step.Taken[0])[0];
                return new FunctionGradient(index, inputs, TableFunction.Exact(activation.Function, activation.Alpha), distance);
            case Activation activation when ActivationFunction.IsElementwise(activation.Function):
                return new FunctionGradient(index, inputs, Single(activation.Function), FloatDistance);
            case QuantizedMaxPool2D pool:
                return new MaxPoolingGradient(index, inputs, pool.Window.OverPool(pool, input));
            case QuantizedGlobalAveragePooling2D:
                return new GlobalAverageGradient(index, inputs, input[0] * input[1], input.Channels);
            case QuantizedAdd add:
                return new PassingGradient(index, inputs, add.Average ? 0.5f : 1);
            case QuantizedRescaling rescaling:
                return new PassingGradient(index, inputs, (float)rescaling.Scale);
            case Dequantizer { Scales: null } or QuantizedDropout or Dropout
                or QuantizedFlatten or Flatten or QuantizedReshape or Reshape:
                return new PassingGradient(index, inputs);
            case QuantizedConcatenate { Axis: var axis }:
                return Joined(index, step, axis);
            case QuantizedPermute permute:
                return new PermutationGradient(index, inputs, PermutationGradient.Places(input, permute.Dims));
            default:
                return null;
        }
    }

    private static ConcatenationGradient Joined(int index, PlanStep<Node> step, int axis)
    {
        int rank = step.Prepared.Output.Shape.Rank;
        int first = axis < 0 ? axis + rank : axis - 1;
        return new ConcatenationGradient(
            index, step.Inputs, [.. step.Taken.Select(spec => spec.Shape.Skip(first).Aggregate(1, (size, dimension) => size * dimension))]);
    }

    private static Func<float, float> Single(string function)
    {
        FloatFinish run = ActivationFunction.Create(function);
        return value =>
        {
            Span<float> values = [value];
            run(values, 0);
            return values[0];
        };
    }
}
