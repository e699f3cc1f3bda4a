using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Writes the window of a maximum pool as a processor has it, square and padded as the convolution in front (convert.md 3.5), where such a
/// window pools the same cells.
/// </summary>
internal sealed class FitPoolWindow : IRepair
{
    private const string OtherPadding = "AkidaPoolPadding";

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is MaxPooling2D pool
                && Problem(node.Name, context) is { } problem
                && PoolPlace.IsPoolable(editor, node.Inputs[0])
                && Window(model, node, pool) is { } window)
            {
                editor.Replace(pool with { Window = window });
                context.Changed(
                    problem,
                    node.Name,
                    $"has a window of {window.KernelSize.Height}x{window.KernelSize.Width} with {window.PaddingText}, which pools the same");
            }
        }

        return editor.Build();
    }

    private static ConversionProblem? Problem(string pool, RepairContext context) =>
        context.Problem(pool, OtherPadding, "AkidaPoolNotSquare") ?? (context.IsChanged ? context.OwnForm(pool, OtherPadding) : null);

    private static ConvolutionWindow? Window(Model model, Node node, MaxPooling2D pool)
    {
        Node convolution = model.NodeOf(node.Inputs[0]);
        return PoolPlace.Alike(
            pool,
            model.Plan[convolution.Name].Prepared.Output.Shape,
            PoolPlace.Paddings(convolution.Layer, model.Plan[convolution.Inputs[0]].Prepared.Output.Shape));
    }
}
