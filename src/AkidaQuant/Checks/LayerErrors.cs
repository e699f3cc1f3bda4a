using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Checks;

/// <summary>A layer of a quantized model beside the float one of the same name.</summary>
internal sealed class LayerErrors
{
    private readonly RealValues _real;
    private readonly int _threads;
    private long _clamped;

    private LayerErrors(Model model, Node node, int expected, int threads)
    {
        Node = node;
        Step = model.Plan[node.Name];
        _real = RealValues.Of(model, node.Name);
        _threads = threads;
        Sums = new ErrorSums(Step.Prepared.Output.Shape.Channels);
        Compared = new ComparedStep(model.Plan.Position(node.Name), expected, _real, See);
    }

    /// <summary>The quantized layer.</summary>
    public Node Node { get; }

    /// <summary>Its place in the plan.</summary>
    public PlanStep<Node> Step { get; }

    /// <summary>What was found.</summary>
    public ErrorSums Sums { get; }

    /// <summary>What is compared.</summary>
    public ComparedStep Compared { get; }

    /// <summary>The ranges that calibration gave the output, one or one a channel; none without an output quantizer.</summary>
    public float[] Ranges => Node.Layer switch
    {
        InputQuantizer input => [.. input.RangeMin.Values.Zip(input.RangeMax.Values, (min, max) =>
            input.Signed ? Math.Max(Math.Abs(min), Math.Abs(max)) : max - min)],
        QuantizedLayer { OutputQuantizer: { } output } => output.RangeMax.Values,
        _ => [],
    };

    /// <summary>Magnitude bits of the quantizer of the output; null without one.</summary>
    public int? ValueBits => Node.Layer switch
    {
        InputQuantizer input => input.ValueBits,
        QuantizedLayer { OutputQuantizer: { } output } => output.ValueBits,
        _ => null,
    };

    /// <summary>The share of saturated values in percent.</summary>
    public double Saturation => 100.0 * Sums.Saturated / Math.Max(Sums.Count, 1);

    /// <summary>The share of values beyond what integers hold, in percent; only followed for the input.</summary>
    public double Clamped => 100.0 * _clamped / Math.Max(Sums.Count, 1);

    /// <summary>Whether a channel never fires although the float one does.</summary>
    public bool IsDead(int channel) => Sums.QuantizedPeaks[channel] == 0 && Sums.FloatPeaks[channel] > 0;

    /// <summary>The layers of a quantized model that compute and round and have a float twin, in order.</summary>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="floating">The float model.</param>
    /// <param name="threads">The most threads that compare.</param>
    public static IReadOnlyList<LayerErrors> Of(Model quantized, Model floating, int threads)
    {
        List<LayerErrors> layers = [];
        foreach (Node node in quantized.Nodes)
        {
            int? expected =
                node.Layer is InputQuantizer ? FloatOf(quantized, floating, node.Inputs[0])
                : floating.Find(node.Name) is not null && IsCompared(quantized, node) ? floating.Plan.Position(node.Name)
                : null;
            if (expected is { } position && SizeOf(floating, position) == quantized.Plan[node.Name].Prepared.Output.Shape.Size)
            {
                layers.Add(new LayerErrors(quantized, node, position, threads));
            }
        }

        return layers;
    }

    /// <summary>The step of the float model that gives what an InputQuantizer takes.</summary>
    private static int? FloatOf(Model quantized, Model floating, string taken) =>
        taken == quantized.Input.Name ? ExecutionPlan.ModelInput
        : floating.Find(taken) is not null ? floating.Plan.Position(taken) : null;

    private static bool IsCompared(Model model, Node node) =>
        model.Plan[node.Name].Prepared is { IsView: false, Output: QuantizedSpec }
        && (node.Layer is QuantizedFlatten || MeasuredLayers.IsMeasured(node.Layer));

    private static int SizeOf(Model floating, int position) =>
        (position == ExecutionPlan.ModelInput ? floating.Plan.Input : floating.Plan.Steps[position].Prepared.Output).Shape.Size;

    private void See(FloatData expected, TensorData actual, int batch)
    {
        Sums.Add(expected, actual, _real, batch, _threads);
        if (Node.Layer is InputQuantizer)
        {
            CountClamped(expected.Values(batch), (IntegerData)actual, batch);
        }
    }

    private void CountClamped(ReadOnlySpan<float> expected, IntegerData actual, int batch)
    {
        float[] integers = new float[expected.Length];
        actual.CopyTo(integers, batch);
        for (int i = 0; i < integers.Length; i++)
        {
            int channel = i % _real.Steps.Length;
            float step = _real.Steps[channel];
            float real = (integers[i] * step) - (_real.Offsets is { } offsets ? offsets[channel] : 0);
            _clamped += Math.Abs(expected[i] - real) > 0.501f * step ? 1 : 0;
        }
    }
}
