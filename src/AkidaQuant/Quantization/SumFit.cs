using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>
/// Mends sums that are too fine for their accumulators, so that they saturate, and biases that no accumulator holds. The step of a sum
/// is that of the inputs times the scale of the weights. Which of them becomes coarser is decided by what it costs: the sums of a
/// crowded global average get weights of fewer bits where these lose nothing, else an output quantizer and an identity convolution behind
/// it, whose end the average is (<see cref="AverageFit"/>), narrow channels of a kernel's inputs get wider ranges
/// and, above 8 bits, inputs and weights give bits (<see cref="BitFit"/>); what remains, as beside a large bias, is a wider scale: one
/// weight of a filter is raised, whose input has the least range (<see cref="LayerSums.Widen"/>).
/// </summary>
internal static class SumFit
{
    /// <summary>So many samples are looked at for the sums that no bound says are small enough.</summary>
    private static readonly SampleChoice Choice = new(CalibratedPerSample: 8, Least: 8, Most: 64);

    private const int Rounds = 4;

    /// <summary>The fewest bits of the weights of a convolution on Akida 2.0 (convert.md 3.1).</summary>
    private const int FewestWeightBits = 4;

    /// <summary>Fits the sums of a calibrated model of any origin. Nothing changes where all of them fit.</summary>
    /// <param name="calibrated">The calibrated model; may be one that cannot be planned for its biases.</param>
    /// <param name="floating">The rewritten float network with the same layer names.</param>
    /// <param name="samples">Samples to look at, as many as are there; null to trust bounds only, so that no average is fitted.</param>
    /// <param name="options">Threads and cancellation; batches where the model keeps state.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static FittedSums Apply(Model calibrated, Model floating, SampleSet? samples, QuantizeOptions options) =>
        Apply(calibrated, floating, samples is null ? null : See(calibrated, floating, samples, options));

    /// <summary>What sums are looked at by, to be shared by fits of models that compute the same.</summary>
    /// <param name="calibrated">The calibrated model, or the quantized one before that.</param>
    /// <param name="floating">The rewritten float network with the same layer names.</param>
    /// <param name="samples">Samples to look at, as many as are there.</param>
    /// <param name="options">Threads and cancellation; batches where the model keeps state.</param>
    public static SeenMagnitudes See(Model calibrated, Model floating, SampleSet samples, QuantizeOptions options) => new(
        calibrated,
        floating,
        floating.IsStateful ? samples : Choice.Spread(samples, samples.Count, floating),
        options with { SampleCount = null });

    /// <summary>Fits the sums of a calibrated model of any origin. Nothing changes where all of them fit.</summary>
    /// <param name="calibrated">The calibrated model; may be one that cannot be planned for its biases.</param>
    /// <param name="floating">The rewritten float network with the same layer names.</param>
    /// <param name="seen">What <see cref="See"/> gives; null to trust bounds only, so that no average is fitted.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static FittedSums Apply(Model calibrated, Model floating, SeenMagnitudes? seen)
    {
        List<FitChange> changes = [];
        (Model model, floating) = FitAverages(calibrated, floating, seen, changes);
        ExecutionPlan<Node> plan = Plan(model);
        SumLimits limits = new(model, plan);
        LayerSums[] layers = [.. Layers(model, plan)];
        Dictionary<string, float[]> sums = SeeSums(layers, seen);
        LayerSums[] crowded = Crowded(layers, limits, sums);
        if (crowded.Length > 0 && seen is not null)
        {
            SeeOutputs(crowded, limits, seen);
            crowded = Crowded(layers, limits, sums);
        }

        // A part of a bit may remain, because the greatest integers are one less than powers of two: another bit is given for it.
        for (int round = 0; round < Rounds && crowded.Any(layer => layer.Drop() > 0); round++)
        {
            // What the ranges are widened for is not what they have to hold: the limits stay.
            plan = Plan(model);
            model = BitFit.Apply(model, ChannelSources.Of(plan), crowded, changes);
            crowded = Crowded([.. Layers(model, Plan(model))], limits, sums);
        }

        Dictionary<string, QuantizedWeightedLayer> widened = crowded
            .Select(layer => layer.Widen(changes))
            .ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        return new FittedSums(
            widened.Count == 0 ? model : model.WithLayers(layer => widened.GetValueOrDefault(layer.Name) ?? layer), floating, changes);
    }

    private static (Model Model, Model Floating) FitAverages(
        Model model, Model floating, SeenMagnitudes? seen, List<FitChange> changes)
    {
        if (seen is null)
        {
            return (model, floating);
        }

        CrowdedAverage[] crowded = [.. CrowdedAverages(model)];
        Dictionary<string, QuantizedWeightedLayer> narrower = crowded.Where(CanGiveBits)
            .Select(one => BitFit.WithWeightBits(one.Layer, FewestWeightBits, changes))
            .ToDictionary(layer => layer.Name, StringComparer.Ordinal);
        if (narrower.Count > 0)
        {
            model = model.WithLayers(layer => narrower.GetValueOrDefault(layer.Name) ?? layer);
            crowded = [.. CrowdedAverages(model)];
        }

        return crowded.Length == 0
            ? (model, floating)
            : AverageFit.Apply(model, floating, crowded.Select(one => (one.Layer.Layer.Name, one.Average)), seen, changes);
    }

    private static IEnumerable<CrowdedAverage> CrowdedAverages(Model model)
    {
        ExecutionPlan<Node> plan = Plan(model);
        SumLimits limits = new(model, plan);
        foreach (LayerSums layer in Layers(model, plan))
        {
            if (limits.CrowdedAverage(model.NodeOf(layer.Layer.Name), layer.Steps, out float excess) is { } average)
            {
                yield return new CrowdedAverage(layer, average, excess);
            }
        }
    }

    /// <summary>Whether fewer bits of weights make steps coarse enough and change no weight.</summary>
    private static bool CanGiveBits(CrowdedAverage crowded) =>
        crowded.Layer.AreWeightsExact
        && ((1 << crowded.Layer.WeightBits) - 1f) / ((1 << (FewestWeightBits - 1)) - 1) >= crowded.Excess;

    /// <summary>The greatest sums, bias included, of the layers of which no bound says that every sum fits.</summary>
    private static Dictionary<string, float[]> SeeSums(IEnumerable<LayerSums> layers, SeenMagnitudes? seen) => seen is null
        ? []
        : layers.Where(layer => !layer.AreBounded()).Select(layer => layer.Layer.Name)
            .ToDictionary(layer => layer, layer => seen[layer], StringComparer.Ordinal);

    /// <summary>Looks at the outputs behind layers whose ranges say that sums do not fit; ranges may be wider than need be.</summary>
    private static void SeeOutputs(IEnumerable<LayerSums> crowded, SumLimits limits, SeenMagnitudes seen)
    {
        foreach (string output in crowded.SelectMany(layer => limits.Outputs(layer.Layer.Name)).Distinct(StringComparer.Ordinal))
        {
            limits.See(output, seen[output]);
        }
    }

    /// <summary>The layers whose sums are too fine.</summary>
    private static LayerSums[] Crowded(LayerSums[] layers, SumLimits limits, Dictionary<string, float[]> sums)
    {
        foreach (LayerSums layer in layers)
        {
            layer.Limit(limits.LeastSteps(layer.Layer.Name, layer.ValueBits, sums.GetValueOrDefault(layer.Layer.Name)));
        }

        return [.. layers.Where(layer => layer.IsTooFine)];
    }

    private static IEnumerable<LayerSums> Layers(Model model, ExecutionPlan<Node> plan) =>
        plan.Steps.Select(step => LayerSums.Of(model.NodeOf(step.Node.Name), step, plan)).OfType<LayerSums>();

    /// <summary>A plan of the model, without the biases where they keep it from being planned.</summary>
    private static ExecutionPlan<Node> Plan(Model model)
    {
        try
        {
            return model.Plan;
        }
        catch (QuantException error) when (error.Id == QuantizedTail.BeyondAccumulator)
        {
            return BiasFreeForm.Of(model).Plan;
        }
    }

    private sealed record CrowdedAverage(LayerSums Layer, Node Average, float Excess);
}
