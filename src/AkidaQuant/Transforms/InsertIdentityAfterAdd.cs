using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Gives sums and concatenations of branches that no convolution takes a convolution (transforms.md 5.5.2). Sums
/// that a ReLU and global average pooling follow are among them, so 5.5.1 has nothing left to do.
/// </summary>
internal sealed class InsertIdentityAfterAdd : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (
                node.Layer is Add or Concatenate
                && !model
                    .Consumers(node.Name)
                    .Any(consumer => consumer.Layer is Conv2D or DepthwiseConv2D or Conv2DTranspose or DepthwiseConv2DTranspose)
                && IdentityConvolution.Channels(model, node.Name) is { } channels)
            {
                string name = editor.FreeName(node.Name + IdentityConvolution.Suffix);
                editor.InsertAfter(node.Name, IdentityConvolution.Create(name, channels));
                log.Rewritten(node.Name, $"is followed by the new layer '{name}'");
            }
        }

        return editor.Build();
    }
}
