using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Takes zeros around an image into the maximum pools behind it, which pad with values that never win: where no value of the image is
/// negative, a zero never wins either.
/// </summary>
internal sealed class FoldZerosIntoPools : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        NeverNegative neverNegative = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not ZeroPadding2D zeros
                || context.Problem(node.Name, Judgement.StaysFloat) is not { } problem
                || editor.IsOutput(node.Name)
                || !neverNegative.Holds(node.Inputs[0]))
            {
                continue;
            }

            EdgePads pads = new(zeros.Rows.Before, zeros.Columns.Before, zeros.Rows.After, zeros.Columns.After);
            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            Node[] pools = [.. model.Consumers(node.Name)];
            if (Array.TrueForAll(pools, pool => TakesPads(pool.Layer, input, pads)))
            {
                foreach (Node pool in pools)
                {
                    editor.Replace(Padded((MaxPooling2D)pool.Layer, pads));
                }

                editor.Remove(node.Name);
                context.Changed(problem, node.Name, "is taken into the pools behind it, whose values are never negative");
            }
        }

        return editor.Build();
    }

    private static bool TakesPads(Layer layer, Shape input, EdgePads pads) =>
        layer is MaxPooling2D { Window.Padding: Padding.Valid } pool
        && Padded(pool, pads).Window.Over(layer, input, input.Channels).MeetsImageEverywhere;

    private static MaxPooling2D Padded(MaxPooling2D pool, EdgePads pads) =>
        pool with { Window = pool.Window with { Padding = Padding.Explicit, Pads = pads } };
}
