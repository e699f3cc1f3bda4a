using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>Makes two rectifiers in a row into one of the lesser bound: an Akida layer has one activation (convert.md 2.4).</summary>
internal sealed class MergeRectifiers : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach ((Node first, Node second) in LayerPairs.Find(model, IsPlain, IsPlain))
        {
            if (!editor.IsOutput(first.Name) && context.BlockProblem(second.Name, "AkidaPatternUnknown") is { } problem)
            {
                // Of a chain the first may be merged already.
                Node producer = editor[editor[second.Name].Inputs[0]];
                editor.Replace(new ReLU { Name = second.Name, MaxValue = Least(((ReLU)producer.Layer).MaxValue, ((ReLU)second.Layer).MaxValue) });
                editor.Remove(producer.Name);
                context.Changed(problem, second.Name, $"takes in the rectifier '{producer.Name}' before it", [producer.Name]);
            }
        }

        return editor.Build();
    }

    private static bool IsPlain(Layer layer) => layer is ReLU { NegativeSlope: 0, Threshold: 0 };

    private static float? Least(float? first, float? second) =>
        first is { } bound && second is { } other ? Math.Min(bound, other) : first ?? second;
}
