using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// What output quantizers take, which the plan of a network does not keep: the float twins of their layers, run over the real values
/// that the layers took.
/// </summary>
internal sealed class QuantizerInputs
{
    private readonly Operation?[] _twins;
    private readonly ExecutionPlan<Node> _plan;

    /// <summary>The twins of layers that need it.</summary>
    /// <param name="plan">The network, whose kernels are products of scales and integers.</param>
    /// <param name="needs">The steps that need the gradient by their output.</param>
    public QuantizerInputs(ExecutionPlan<Node> plan, bool[] needs)
    {
        _plan = plan;
        _twins = new Operation?[needs.Length];
        for (int i = 0; i < needs.Length; i++)
        {
            if (needs[i] && plan.Steps[i].Node.Layer is QuantizedLayer { OutputQuantizer: not null } layer)
            {
                TensorSpec[] taken = [.. plan.Steps[i].Taken.Select(spec => new FloatSpec(spec.Shape))];
                _twins[i] = layer.ToFloat().Prepare(taken).CreateOperation();
            }
        }
    }

    /// <summary>What the quantizer of a step took, before its rate.</summary>
    public FloatData Of(int step, GradientFrame frame)
    {
        IReadOnlyList<int> inputs = _plan.Steps[step].Inputs;
        var tensors = new TensorData[inputs.Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            FloatData data = new(frame.Spec(inputs[i]).Shape.Size, frame.Batch);
            frame.Values(inputs[i]).CopyTo(data.Values(frame.Batch));
            tensors[i] = data;
        }

        FloatData output = new(frame.Spec(step).Shape.Size, frame.Batch);
        _twins[step]!(tensors, output, frame.Batch);
        return output;
    }
}
