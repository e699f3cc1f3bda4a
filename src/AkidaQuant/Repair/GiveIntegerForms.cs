using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives layers that the reference leaves in float, with all that is behind them, the forms that have integers and compute the same.
/// </summary>
internal sealed class GiveIntegerForms : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Problem(node.Name, Judgement.StaysFloat) is { } problem && IntegerForm.Of(model, node) is { } form)
            {
                context.Changed(problem, node.Name, form.Action, form.Apply(editor));
            }
        }

        return editor.Build();
    }
}
