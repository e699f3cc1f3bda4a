using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Takes zeros around an image into the convolutions behind it, whatever these pad themselves, where a kernel of processors pads so.
/// </summary>
internal sealed class FoldZerosIntoKernels : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            Node[] consumers = [.. model.Consumers(node.Name)];
            if (node.Layer is not ZeroPadding2D zeros
                || context.Problem(node.Name, Judgement.StaysFloat) is not { } problem
                || editor.IsOutput(node.Name)
                || consumers.Length == 0
                || !Array.TrueForAll(consumers, consumer => SpatialKernel.Window(consumer.Layer) is not null))
            {
                continue;
            }

            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            Shape output = model.Plan[node.Name].Prepared.Output.Shape;
            Layer[] padded = Array.ConvertAll(consumers, consumer => Padded(consumer.Layer, zeros, output));
            if (!Array.TrueForAll(padded, layer => FitKernels.Fits(layer, input)))
            {
                continue;
            }

            foreach (Layer layer in padded)
            {
                editor.Replace(layer);
            }

            editor.Remove(node.Name);
            context.Changed(problem, node.Name, "is taken into the pads of the convolutions behind it");
        }

        return editor.Build();
    }

    private static Layer Padded(Layer layer, ZeroPadding2D zeros, Shape padded)
    {
        EdgePads own = SpatialKernel.Window(layer)!.PadsOver(padded);
        EdgePads pads = new(
            own.Top + zeros.Rows.Before,
            own.Left + zeros.Columns.Before,
            own.Bottom + zeros.Rows.After,
            own.Right + zeros.Columns.After);
        return SpatialKernel.WithPadding(layer, Padding.Explicit, pads);
    }
}
