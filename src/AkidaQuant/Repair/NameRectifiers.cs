using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes activations that the reference leaves in float into the layers that compute the same and have integers: relu6 is a rectifier
/// of 6, and one with a slope below 0 a table (layers.md 5.1, 5.2).
/// </summary>
internal sealed class NameRectifiers : IRepair
{
    private const float Bound = 6;

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Problem(node.Name, Judgement.StaysFloat) is not { } problem)
            {
                continue;
            }

            if (node.Layer is Activation { Function: "relu6" })
            {
                editor.Replace(new ReLU { Name = node.Name, MaxValue = Bound });
                context.Changed(problem, node.Name, "becomes a ReLU of at most 6");
            }
            else if (context.Version == AkidaVersion.V2
                && node.Layer is ReLU { NegativeSlope: > 0 and < 1, Threshold: 0, MaxValue: null } leaky)
            {
                editor.Replace(new TableActivation { Name = node.Name, Function = "leaky_relu", Alpha = leaky.NegativeSlope });
                context.Changed(problem, node.Name, "becomes an activation by table");
            }
        }

        return editor.Build();
    }
}
