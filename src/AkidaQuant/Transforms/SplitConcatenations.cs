using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes concatenations of more than two tensors into chains of two (transforms.md 5.1). A tensor that occurs
/// several times gets a link of its own each time, where the reference loses it.
/// </summary>
internal sealed class SplitConcatenations : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not Concatenate concatenate || node.Inputs.Count <= 2)
            {
                continue;
            }

            string joined = node.Inputs[0];
            foreach (string input in node.Inputs.Skip(1).SkipLast(1))
            {
                string name = editor.FreeName($"{node.Name}_{input}");
                editor.Add(new Node(concatenate with { Name = name }, [joined, input]));
                joined = name;
            }

            editor.Connect(node.Name, joined, node.Inputs[^1]);
            log.Rewritten(node.Name, $"joins {node.Inputs.Count} tensors two at a time, the last two in '{node.Name}'");
        }

        return editor.Build();
    }
}
