using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>Makes rectifiers with one slope below 0 into the activation with a table (transforms.md 4.5).</summary>
internal sealed class ReplaceLeakyRectifiers : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (Slope(node.Layer) is { } slope)
            {
                editor.Replace(new TableActivation { Name = node.Name, Function = "leaky_relu", Alpha = slope });
                log.Rewritten(node.Name, "becomes an activation that can be quantized to a table of 'leaky_relu'");
            }
            else if (node.Layer is PReLU)
            {
                log.Kept(node.Name, "stays: its slopes differ");
            }
        }

        return editor.Build();
    }

    private static float? Slope(Layer layer) => layer switch
    {
        LeakyReLU leaky => leaky.Alpha,
        PReLU { Alpha.Values: [var first, ..] values } when Array.TrueForAll(values, value => value == first) => first,
        _ => null,
    };
}
