using System.Globalization;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives rectifiers without a bound one, the greatest output over all samples: Akida 1.0 has bounded ones only (convert.md 9.1). The
/// outputs of the network over the samples stay as they are; those of other inputs may change where an activation is greater.
/// </summary>
internal sealed class BoundRectifiers : IRepair
{
    private const string Rule = "AkidaV1ReluUnbounded";

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        (ReLU Layer, ConversionProblem Problem)[] unbounded =
        [
            .. from layer in model.GraphLayers.OfType<ReLU>()
               let problem = context.Problem(layer.Name, Rule)
               where layer.MaxValue is null && problem is not null
               select (layer, problem),
        ];
        if (context.Version != AkidaVersion.V1
            || unbounded.Length == 0
            || Version1Chain.Of(model) is null
            || context.Samples is not { } samples)
        {
            return model;
        }

        CalibratedRanges ranges = Calibration.Magnitudes(
            model,
            unbounded.Select(found => found.Layer.Name),
            samples,
            new QuantizeOptions { Threads = context.Threads, Cancellation = context.Cancellation });
        GraphEditor editor = new(model);
        foreach ((ReLU layer, _) in unbounded)
        {
            editor.Replace(layer with { MaxValue = Bound(ranges[layer.Name]!.Values) });
        }

        Model bounded = editor.Build();
        double difference = Difference(model, bounded, samples, context);
        foreach ((ReLU layer, ConversionProblem problem) in unbounded)
        {
            float bound = ((ReLU)bounded.NodeOf(layer.Name).Layer).MaxValue!.Value;
            context.Changed(problem, layer.Name, string.Create(
                CultureInfo.InvariantCulture,
                $"gets the bound {bound:g6}, its greatest output over {samples.Count} samples; with all bounds the outputs of the network change by {difference:0.##%} over them"));
        }

        return bounded;
    }

    /// <summary>Refuses to leave nothing but bounds missing because there are no samples.</summary>
    /// <exception cref="QuantException"><c>RepairNeedsSamples</c>.</exception>
    public static void RequireSamples(IReadOnlyList<ConversionProblem> left, RepairOptions options)
    {
        if (options.Samples is null && left.Count > 0 && left.All(problem => problem.Rule == Rule))
        {
            throw new QuantException(
                "RepairNeedsSamples",
                QuantErrorKind.InvalidArgument,
                $"Layer '{left[0].Layer}' (ReLU) has no max_value, which Akida 1.0 needs, and which follows from samples of the network's input: the greatest output over them. Give them with -Sample.",
                left[0].Layer);
        }
    }

    /// <summary>The greatest output; 1 for a rectifier that gives nothing but zeros, since a bound of 0 would keep it so.</summary>
    private static float Bound(float[] greatest) => greatest.Max() is > 0 and var most ? most : 1;

    /// <summary>The greatest difference of the outputs over the samples, as a part of the greatest output.</summary>
    private static double Difference(Model model, Model bounded, SampleSet samples, RepairContext context)
    {
        double difference = 0;
        double greatest = 0;
        foreach ((OutputBatch before, OutputBatch after) in Run(model).Zip(Run(bounded)))
        {
            for (int i = 0; i < before.Values.Length; i++)
            {
                difference = Math.Max(difference, Math.Abs(before.Values[i] - after.Values[i]));
                greatest = Math.Max(greatest, Math.Abs(before.Values[i]));
            }
        }

        return greatest > 0 ? difference / greatest : difference;

        IEnumerable<OutputBatch> Run(Model network) =>
            Inference.Run(network, samples, threads: context.Threads, cancellation: context.Cancellation);
    }
}
