using System.Globalization;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Says layer by layer what an Akida processor takes of a network, and all that it refuses, with what would do: a float network is judged
/// as its parameters would quantize it, and repaired to see what that helps (convert.md 1.3, which stops at the first problem).
/// </summary>
public static class CompatibilityTest
{
    /// <summary>The variables that were learned; the others follow from ranges.</summary>
    private static readonly string[] Learned = ["weights", "weights_pw", "bias", "threshold", "in_proj", "out_proj", "A_real", "A_imag"];

    /// <summary>A row for each layer of a float or quantized model, after those for the network as a whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The version; for float models the scheme, settings and samples.</param>
    /// <exception cref="QuantException"><c>InputShapeUnknown</c>, or a setting or the samples do not fit.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static IReadOnlyList<CompatibilityRow> Run(Model model, RepairOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        options = options with { Verbose = null, Warning = null };
        Judgement judgement = Judge(model, options);
        return Rows(judgement, Remedies.For(model, judgement, options));
    }

    /// <summary>A row for each layer of an Akida model.</summary>
    /// <param name="model">The model, which breaks no rule: it is converted already.</param>
    public static IReadOnlyList<CompatibilityRow> Run(AkidaModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return WithSummary([.. Rows(model.Name, model)]);
    }

    /// <summary>A float or quantized model as it would be converted.</summary>
    internal static Judgement Judge(Model model, RepairOptions options) => model.IsQuantized
        ? Judgement.Of(Quantizer.FloatSource(model), model, options.Version, withHost: true)
        : Judgement.Of(Sanitizer.Run(Repairer.Shaped(model, options)), options, withHost: true);

    private static IEnumerable<CompatibilityRow> Rows(string name, AkidaModel model)
    {
        foreach (PlanStep<AkidaLayer> step in model.Plan.Steps)
        {
            yield return new CompatibilityRow
            {
                Model = name,
                Layer = step.Node.Name,
                Class = step.Node.TypeName,
                Runs = CompatibilityPlace.Akida,
                AkidaLayer = Describe(step.Node),
                Weights = Learned.Sum(variable => (long)(step.Node.Variables.Integers(variable)?.Values.Length ?? 0)),
                Macs = step.Prepared.Macs,
            };
        }

        foreach (CompatibilityRow row in model.Tail.SelectMany(part =>
            part.Akida is { } akida ? Rows(name, akida) : Rows(name, part.Model!)))
        {
            yield return row;
        }
    }

    private static IEnumerable<CompatibilityRow> Rows(string name, Model tail) =>
        tail.Nodes.Where(node => node.Layer is not InputLayer).Select(node => new CompatibilityRow
        {
            Model = name,
            Layer = node.Name,
            Class = node.Layer.ClassName,
            Runs = CompatibilityPlace.Float,
            Weights = Weights(node),
            Macs = LayerMacs.Of(tail, node),
        });

    private static long Weights(Node node) =>
        node.Layer.Variables.Where(variable => variable.Trainable).Sum(variable => (long)variable.Value.Shape.Size);

    private static List<CompatibilityRow> Rows(Judgement judgement, Remedies remedies)
    {
        Model model = judgement.Quantized ?? judgement.Floating;
        ILookup<string, ConversionProblem> problems = judgement.Problems.ToLookup(
            problem => problem.Layer is { } layer && model.Find(layer) is { Layer: not InputLayer } ? layer : string.Empty,
            StringComparer.Ordinal);
        List<CompatibilityRow> rows = [];
        foreach (ConversionProblem problem in problems[string.Empty])
        {
            rows.Add(new CompatibilityRow
            {
                Model = model.Name,
                Layer = string.Empty,
                Class = "Model",
                Runs = CompatibilityPlace.Refused,
                Rule = problem.Rule,
                Problem = problem.Message,
                Remedy = Printable.Of(remedies.Of(problem)),
            });
        }

        foreach (Node node in model.Nodes.Where(node => node.Layer is not InputLayer))
        {
            InspectedBlock? block = judgement.BlockOf(node.Name);
            ConversionProblem[] own = [.. problems[node.Name]];
            rows.Add(new CompatibilityRow
            {
                Model = model.Name,
                Layer = node.Name,
                Class = node.Layer.ClassName,
                Runs = Place(judgement, block, own),
                AkidaLayer = block?.Akida is { } akida ? Describe(akida) : string.Empty,
                Rule = string.Join(", ", own.Select(problem => problem.Rule).Distinct()),
                Problem = string.Join("\n", own.Select(problem => problem.Message)),
                Remedy = string.Join("\n", own.Select(remedies.Of).Distinct().Select(Printable.Of)),
                Weights = Weights(node),
                Macs = LayerMacs.Of(model, node),
            });
        }

        return WithSummary(rows);
    }

    private static CompatibilityPlace Place(Judgement judgement, InspectedBlock? block, ConversionProblem[] own)
    {
        if (own.Length > 0)
        {
            return CompatibilityPlace.Refused;
        }

        if (judgement.Quantized is null || block is null)
        {
            return CompatibilityPlace.Float;
        }

        return block.IsEmpty ? CompatibilityPlace.Nowhere
            : judgement.Problems.Any(problem => problem.Layer is { } layer && block.Layers.Contains(layer)) ? CompatibilityPlace.Refused
            : CompatibilityPlace.Akida;
    }

    private static string Describe(AkidaLayer layer) => $"{layer.Name} ({layer.TypeName})";

    private static List<CompatibilityRow> WithSummary(List<CompatibilityRow> rows)
    {
        int problems = rows.Count(row => row.Problem.Length > 0);
        string text = Printable.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"{(rows.Count > 0 ? rows[0].Model : string.Empty)}: Akida takes {Share(rows, row => row.Weights):0.#} % of the weights and {Share(rows, row => row.Macs):0.#} % of the multiplications, {(problems == 0 ? "no problem" : problems == 1 ? "1 problem" : $"{problems} problems")}"));
        return [.. rows.Select(row => row with { Summary = text })];
    }

    private static double Share(List<CompatibilityRow> rows, Func<CompatibilityRow, long> value)
    {
        long all = rows.Sum(value);
        return all == 0 ? 0 : 100.0 * rows.Where(row => row.Runs == CompatibilityPlace.Akida).Sum(value) / all;
    }
}
