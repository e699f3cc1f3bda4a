using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// A quantized network as it is trained: which layers are, how gradients come to them from the output, and the network with the
/// parameters as they are now. Layers are trained that reach the output through layers with gradients only.
/// </summary>
internal sealed class TrainingGraph
{
    private readonly Model _model;
    private readonly StepGradient?[] _gradients;
    private readonly Dictionary<string, TrainedLayer> _trained = new(StringComparer.Ordinal);

    /// <summary>Looks at a network.</summary>
    /// <param name="model">The quantized network, of known shape.</param>
    public TrainingGraph(Model model)
    {
        _model = model;
        IReadOnlyList<PlanStep<Node>> steps = model.Plan.Steps;
        LossStep = model.Plan.OutputStep;
        if (steps[LossStep].Node.Layer is Softmax or Activation { Function: "softmax" })
        {
            IsProbability = true;
            LossStep = steps[LossStep].Inputs[0];
        }

        _gradients = new StepGradient?[steps.Count];
        Needs = new bool[steps.Count];
        var linear = new KernelGradient?[steps.Count];
        bool[] blocked = new bool[steps.Count];
        bool[] reached = new bool[steps.Count];
        reached[LossStep] = true;
        for (int i = LossStep; i >= 0; i--)
        {
            if (blocked[i])
            {
                Block(steps[i], blocked);
                continue;
            }

            if (!reached[i] || steps[i].Node.Layer is InputLayer)
            {
                continue;
            }

            linear[i] = LinearGradients.Of(steps[i].Node.Layer, steps[i].Taken[0].Shape);
            _gradients[i] = linear[i] is null ? StepGradients.Of(i, steps[i]) : null;
            if (linear[i] is null && _gradients[i] is null)
            {
                Obstacles.Add(steps[i].Node.Layer);
                Block(steps[i], blocked);
                continue;
            }

            foreach (int input in steps[i].Inputs)
            {
                reached[input] = true;
            }
        }

        Train(steps, linear);
    }

    /// <summary>Which steps need the gradient by their output.</summary>
    public bool[] Needs { get; }

    /// <summary>The step whose output is compared.</summary>
    public int LossStep { get; }

    /// <summary>Whether the network ends in a softmax, in front of which <see cref="LossStep"/> is.</summary>
    public bool IsProbability { get; }

    /// <summary>The layers that are trained.</summary>
    public IReadOnlyCollection<TrainedLayer> Trained => _trained.Values;

    /// <summary>The layers that no gradient goes through.</summary>
    public List<Layer> Obstacles { get; } = [];

    /// <summary>The number of values of every parameter.</summary>
    public IEnumerable<int> ParameterSizes => Trained.SelectMany(layer => layer.ParameterSizes);

    /// <summary>The network with the parameters as they are now.</summary>
    public Model Current(Model model) =>
        model.WithLayers(layer => _trained.TryGetValue(layer.Name, out TrainedLayer? trained) ? trained.ToLayer() : layer);

    /// <summary>Takes the gradient by the output, which is in the frame, back to all parameters.</summary>
    /// <param name="frame">Values and gradients.</param>
    /// <param name="before">What quantizers took.</param>
    public void Backward(GradientFrame frame, QuantizerInputs before)
    {
        for (int i = LossStep; i >= 0; i--)
        {
            if (!Needs[i] || _gradients[i] is not { } gradient)
            {
                continue;
            }

            Span<float> byOutput = frame.Gradient(i);
            if (_model.Plan.Steps[i].Node.Layer is QuantizedLayer { OutputQuantizer: { } quantizer })
            {
                QuantizerGradient.Apply(quantizer, (QuantizedSpec)frame.Spec(i), before.Of(i, frame).Values(frame.Batch), byOutput);
            }

            gradient.Add(frame, byOutput);
        }
    }

    private static void Block(PlanStep<Node> step, bool[] blocked)
    {
        foreach (int input in step.Inputs)
        {
            blocked[input] = true;
        }
    }

    private void Train(IReadOnlyList<PlanStep<Node>> steps, KernelGradient?[] linear)
    {
        int slots = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            if (linear[i] is { } part && steps[i].Node.Layer is QuantizedWeightedLayer layer)
            {
                TrainedLayer trained = new(layer, i, part.Kernels, slots);
                slots += trained.ParameterSizes.Count();
                bool isTrained = trained.ParameterSizes.Any();
                if (isTrained)
                {
                    _trained.Add(layer.Name, trained);
                }

                _gradients[i] = new WeightedGradient(
                    i, steps[i].Inputs, part, trained.KernelSlots, trained.BiasSlot, steps[i].Prepared.Output.Shape.Channels);
                Needs[i] = isTrained;
            }

            Needs[i] |= _gradients[i] is not null && steps[i].Inputs.Any(input => Needs[input]);
        }
    }
}
