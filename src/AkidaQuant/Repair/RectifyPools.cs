using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Puts a rectifier behind a maximum pool of values that are never negative, which changes nothing: the reference's converter takes a
/// pool where an activation follows only (convert.md 2.4).
/// </summary>
internal sealed class RectifyPools : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        NeverNegative neverNegative = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is MaxPooling2D pool
                && context.OwnForm(node.Name, Judgement.UnknownPattern) is { } problem
                && neverNegative.Holds(node.Name)
                && !(PoolStage.IsTwo(pool.Window) && IdentityConvolution.IsOne(editor[editor[node.Name].Inputs[0]].Layer)))
            {
                // The padding of the convolution, which makes no difference here: the network converts.
                Node convolution = model.NodeOf(node.Inputs[0]);
                IEnumerable<Padding> paddings = PoolPlace.Paddings(
                    convolution.Layer, model.Plan[convolution.Inputs[0]].Prepared.Output.Shape);
                editor.Replace(pool with
                {
                    Window = PoolPlace.Alike(pool, model.Plan[convolution.Name].Prepared.Output.Shape, paddings) ?? pool.Window,
                });
                string name = editor.FreeName($"{node.Name}_relu");
                editor.InsertAfter(node.Name, new ReLU { Name = name }, moveOutputs: true);
                context.Changed(problem, node.Name, $"is followed by the rectifier '{name}', since its values are never negative", [name]);
            }
        }

        return editor.Build();
    }
}
