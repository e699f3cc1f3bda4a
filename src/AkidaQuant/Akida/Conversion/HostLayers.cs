using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// Quantized layers that the host computes. Where floats join integers from several places, as a squeeze-and-excitation does, the Akida
/// layers end at the last tensor from which all of them come; the host makes the same integers again of its floats and goes on.
/// </summary>
/// <param name="Model">The network with floats between the two: a Dequantizer and an InputQuantizer in a row.</param>
/// <param name="Quantizer">The InputQuantizer with which the host begins.</param>
/// <param name="Source">The last layer of the Akida model.</param>
/// <param name="Taken">The layers whose integers floats take.</param>
internal sealed record HostLayers(Model Model, string Quantizer, string Source, IReadOnlyList<string> Taken)
{
    /// <summary>
    /// Divides a network; null where the integers end in one place, where the places are the ends of heads that nothing joins, which
    /// Repair-QuantModel makes one of, or where no tensor in front of them is small enough to cross as floats.
    /// </summary>
    public static HostLayers? Of(ConversionContext context)
    {
        Model model = context.Model;
        PlanStep<Node>[] ends = SoftwareTail.Ends(context);
        if (ends.Length < 2 || !AreJoined(model, ends))
        {
            return null;
        }

        string name = new LayerNames().Next("input_quantizer", taken => model.Find(taken) is not null);
        for (int i = context.Plan.Position(ends[0].Node.Name) - 1; i > 0; i--)
        {
            PlanStep<Node> step = context.Plan.Steps[i];
            if (step is { Node.Layer: QuantizedLayer, Prepared.Output: QuantizedSpec integers }
                && InputQuantizer.Giving(name, integers) is { } quantizer
                && (integers.HasScalarFracBits || integers.Shape.Rank > 1)
                && ModelCut.Behind(model, step.Node.Name) is { IsClean: true } cut
                && cut.Front.Any(node => node.Layer is QuantizedLayer && !context.IsSkippable(context.Plan[node.Name])))
            {
                return Divide(model, cut, quantizer, [.. ends.Select(end => end.Node.Inputs[0])]);
            }
        }

        return null;
    }

    /// <summary>What is said of the layers of the host.</summary>
    /// <param name="host">The part that the host computes.</param>
    public string Warning(Model host) =>
        $"The Akida model ends with '{Source}', because layers in float take the integers of {Listing.Of(Taken.Select(name => $"'{name}'"))}, and Akida models have one output. The host makes its integers again and computes these quantized layers behind it: {Listing.Of(host.Nodes.Where(node => node.Layer is QuantizedLayer).Select(node => $"'{node.Name}' ({node.Layer.ClassName})"))}.";

    private static HostLayers Divide(Model model, ModelCut cut, InputQuantizer quantizer, IReadOnlyList<string> taken)
    {
        string source = cut.Layer.Name;
        string floats = new LayerNames().Next("dequantizer", name => model.Find(name) is not null);
        Node[] nodes =
        [
            .. cut.Front,
            new Node(new Dequantizer { Name = floats }, [source]),
            new Node(quantizer, [floats]),
            .. cut.Back.Select(node => node with { Inputs = [.. node.Inputs.Select(input => input == source ? quantizer.Name : input)] }),
        ];
        return new HostLayers(Model.Create(model.Name, isSequential: false, nodes, model.Outputs), quantizer.Name, source, taken);
    }

    /// <summary>Whether each output of the model takes something from every place where integers end.</summary>
    private static bool AreJoined(Model model, PlanStep<Node>[] ends) => model.Outputs.All(output =>
    {
        HashSet<string> needed = [.. ModelCut.Behind(model, output).Front.Select(node => node.Name)];
        return ends.All(end => end.Node.Name != output && needed.Contains(end.Node.Name));
    });
}
