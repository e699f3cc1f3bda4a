using System.Globalization;
using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>The sums of a layer with a kernel: how fine their steps are, and how fine they may be.</summary>
internal sealed class LayerSums
{
    /// <summary>A raised weight may add so much of the greatest output to a sum: half a step of 8 bits.</summary>
    private const float Tolerance = 1f / 256;

    /// <summary>Value bits of the greatest output, as its scaled buffer holds it with a mantissa of 8 bits.</summary>
    private const int OutputBits = 24;

    /// <summary>Bits that weights and inputs keep, the sign left out, when both give some.</summary>
    public const int KeptBits = 7;

    private readonly KernelView _kernel;
    private readonly float[] _scales;
    private readonly float[] _steps;
    private readonly bool _hasScales;
    private readonly float[] _inputRanges;
    private float[] _leastSteps = [];

    private LayerSums(KernelView kernel, QuantizedSpec input, bool hasScales, float[] scales, float[] steps)
    {
        _kernel = kernel;
        _scales = scales;
        _steps = steps;
        _hasScales = hasScales;
        Input = input;
        _inputRanges = Array.ConvertAll(
            input.FracBits.Expand(input.Shape.Channels), bits => MathF.ScaleB(input.Scales?[0] ?? 1f, input.ValueBits - bits));
    }

    /// <summary>The layer.</summary>
    public QuantizedWeightedLayer Layer => _kernel.Layer;

    /// <summary>The key of the settings of its kernel.</summary>
    public string Quantizer => _kernel.Quantizer;

    /// <summary>The inputs of the kernel.</summary>
    public QuantizedSpec Input { get; }

    /// <summary>Whether the channels of the inputs are aligned on the finest one.</summary>
    public bool IsAligned => Layer is not QuantizedDepthwiseConv2D;

    /// <summary>Magnitude bits of the accumulator.</summary>
    public required int ValueBits { get; init; }

    /// <summary>Magnitude bits of the weights.</summary>
    public required int WeightBits { get; init; }

    /// <summary>By how many bits the widest input channel is shifted.</summary>
    public int Alignment => IsAligned ? Input.FracBits.Span.ToArray().Max() - Input.FracBits.Span.ToArray().Min() : 0;

    /// <summary>The step of the sums of each output channel, as a real value.</summary>
    public IReadOnlyList<float> Steps => _steps;

    /// <summary>
    /// Whether the weights are the same at any number of bits: each filter has one weight, which is the greatest at its scale.
    /// </summary>
    public bool AreWeightsExact => _kernel.Kernel.Diagonal is { } diagonal
        && (_hasScales || Array.TrueForAll(diagonal, weight => Math.Abs(weight) == Math.Abs(diagonal[0])));

    /// <summary>Whether the steps of some channel are too fine.</summary>
    public bool IsTooFine => Excessive.Any();

    private IEnumerable<int> Excessive => Enumerable.Range(0, _steps.Length).Where(channel => Excess(channel) > 0);

    /// <summary>The sums of a layer with a kernel that has scales; null for another layer.</summary>
    /// <param name="node">The layer, with its biases.</param>
    /// <param name="step">Its step in a plan of the model.</param>
    /// <param name="plan">The plan.</param>
    public static LayerSums? Of(Node node, PlanStep<Node> step, ExecutionPlan<Node> plan)
    {
        if (node.Layer is not QuantizedWeightedLayer layer || Given(step, plan) is not QuantizedSpec input)
        {
            return null;
        }

        KernelView kernel = KernelView.Of(layer);
        if (step.Prepared.Recorded.Tensor($"{kernel.Quantizer}/qweights") is not { Scales: { } recorded } weights)
        {
            return null;
        }

        int[] bits = input.FracBits.Expand(input.Shape.Channels);
        RecordedTensor? depthwise = step.Prepared.Recorded.Tensor("dw_weight_quantizer/qweights");
        float factor = (input.Scales?[0] ?? 1f)
            * (depthwise is null ? 1f : depthwise.Scales?.Values[0] ?? MathF.ScaleB(1f, -depthwise.FracBits[0]));
        float[] scales = new float[step.Prepared.Output.Shape.Channels];
        float[] steps = new float[scales.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            scales[i] = recorded.Values[recorded.Values.Length == 1 ? 0 : i];
            steps[i] = MathF.ScaleB(scales[i] * factor, -(layer is QuantizedDepthwiseConv2D ? bits[i] : bits.Max()));
        }

        return new LayerSums(kernel, input, recorded.Values.Length > 1, scales, steps)
        {
            ValueBits = (int)layer.Settings!["buffer_bitwidth"]! - 1,
            WeightBits = weights.ValueBits,
        };
    }

    private static TensorSpec Given(PlanStep<Node> step, ExecutionPlan<Node> plan) =>
        step.Inputs[0] == ExecutionPlan.ModelInput ? plan.Input : plan.Steps[step.Inputs[0]].Prepared.Output;

    /// <summary>Whether no input can bring the sums to the bound of the accumulator.</summary>
    public bool AreBounded()
    {
        double[] bounds = new double[_steps.Length];
        float[] weights = _kernel.Kernel.Held();
        WeightRows rows = _kernel.Rows;
        float[] products = new float[rows.Length];
        double[] wide = new double[rows.Length];
        for (int start = 0; start < weights.Length; start += rows.Length)
        {
            (int input, int output) = _kernel.Place(start);
            TensorPrimitives.Abs(weights.AsSpan(start, rows.Length), products);
            if (Layer is QuantizedSeparableConv2D)
            {
                TensorPrimitives.Multiply(products, float.PositiveInfinity, products);
            }
            else if (rows.TakeAllInputs)
            {
                TensorPrimitives.Multiply(products, _inputRanges.AsSpan(0, rows.Length), products);
            }
            else
            {
                TensorPrimitives.Multiply(products, _inputRanges[input], products);
            }

            if (rows.GiveAllOutputs)
            {
                TensorPrimitives.ConvertTruncating<float, double>(products, wide);
                Span<double> all = bounds.AsSpan(0, rows.Length);
                TensorPrimitives.Add<double>(all, wide, all);
            }
            else
            {
                foreach (float product in products)
                {
                    bounds[output] += product;
                }
            }
        }

        return Enumerable.Range(0, bounds.Length).All(channel =>
            bounds[channel] + (Layer.UseBias ? Math.Abs(Layer.Bias.Values[channel]) : 0f) < MathF.ScaleB(_steps[channel], ValueBits));
    }

    /// <summary>Says how fine the steps may be.</summary>
    public void Limit(float[] leastSteps) => _leastSteps = leastSteps;

    /// <summary>
    /// The bits that inputs and weights have to give together, so that a wider scale does no harm for what remains: those by which
    /// narrow channels are finer than the widest first.
    /// </summary>
    public int Drop()
    {
        int most = Math.Max(0, Input.ValueBits - KeptBits) + Math.Max(0, WeightBits - KeptBits) + Alignment;
        int drop = 0;
        while (drop < most && Excessive.Any(channel =>
            Excess(channel) > drop && (drop < Alignment || RaisedShare(channel, drop) > Tolerance)))
        {
            drop++;
        }

        return drop;
    }

    /// <summary>The layer with a wider scale for every output channel whose steps are too fine.</summary>
    /// <param name="changes">Takes what was changed.</param>
    public QuantizedWeightedLayer Widen(List<FitChange> changes)
    {
        float[] raised = new float[_steps.Length];
        foreach (int channel in Excessive)
        {
            raised[channel] = RaisedMagnitude(channel);
        }

        float[] given = _kernel.Kernel.Values;
        int[] cheapest = Cheapest(given, raised);
        float[] weights = [.. given];
        foreach (int channel in Excessive)
        {
            weights[cheapest[channel]] = MathF.CopySign(raised[channel], given[cheapest[channel]]);
        }

        int count = Excessive.Count();
        changes.Add(new FitChange(
            Layer.Name,
            "weights",
            Text(Excessive.Max(channel => Math.Abs(given[cheapest[channel]]))),
            Text(raised.Max()),
            $"The weights of {(count == 1 ? "one filter" : $"{count} filters")} are so small beside bias or output that no accumulator holds both; one weight of each, whose input matters least, gives it a wider scale."));
        return _kernel.With(weights);
    }

    /// <summary>The weight of each output channel that adds least to a sum when it is raised.</summary>
    private int[] Cheapest(float[] weights, float[] raised)
    {
        int[] cheapest = new int[raised.Length];
        float[] costs = new float[raised.Length];
        Array.Fill(costs, float.PositiveInfinity);
        for (int i = 0; i < weights.Length; i++)
        {
            (int input, int output) = _kernel.Place(i);
            float cost = (raised[output] - Math.Abs(weights[i])) * _inputRanges[input];
            if (cost < costs[output])
            {
                (costs[output], cheapest[output]) = (cost, i);
            }
        }

        return cheapest;
    }

    /// <summary>By how many bits the steps of a channel are too fine; 0 or less where they fit.</summary>
    private double Excess(int channel) => _leastSteps[channel] > 0 ? Math.Log2(_leastSteps[channel] / _steps[channel]) : 0;

    /// <summary>The magnitude of a weight that makes the steps of its channel just coarse enough.</summary>
    private float RaisedMagnitude(int channel) =>
        (float)(_scales[channel] * Math.Pow(2, Excess(channel)) * ((1L << WeightBits) - 1) * (1 + 1e-5));

    /// <summary>What a weight so raised adds to a sum at most, as a share of the greatest output, after so many bits were given.</summary>
    private double RaisedShare(int channel, int drop)
    {
        float least = IsAligned ? _inputRanges.Min() : _inputRanges[channel];
        return Math.ScaleB(RaisedMagnitude(channel) * least / _leastSteps[channel], -drop - OutputBits);
    }

    private static string Text(float value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
