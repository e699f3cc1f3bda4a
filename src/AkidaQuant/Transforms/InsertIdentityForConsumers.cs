using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Leaves each layer at most two consumers: a chain of convolutions hands its output on to the others
/// (transforms.md 5.5.5).
/// </summary>
internal sealed class InsertIdentityForConsumers : IRewrite
{
    private const int MostConsumers = 2;

    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            List<string> consumers = [.. model.Consumers(node.Name).Select(consumer => consumer.Name)];
            if (
                node.Layer is InputLayer
                || consumers.Count <= MostConsumers
                || IdentityConvolution.Channels(model, node.Name) is not { } channels)
            {
                continue;
            }

            while (consumers.Count > MostConsumers)
            {
                string name = editor.FreeName(
                    string.Create(CultureInfo.InvariantCulture, $"{node.Name}{IdentityConvolution.Suffix}_{consumers.Count}"));
                editor.InsertAfter(node.Name, IdentityConvolution.Create(name, channels), consumers[^MostConsumers..]);
                log.Rewritten(node.Name, $"feeds '{string.Join("' and '", consumers[^MostConsumers..])}' through the new layer '{name}'");
                consumers.RemoveRange(consumers.Count - MostConsumers, MostConsumers);
                consumers.Add(name);
            }
        }

        return editor.Build();
    }
}
