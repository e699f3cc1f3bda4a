using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Moves batch normalization before the pooling that it follows, nearer to the convolution that can take it in
/// (transforms.md 4.10), past as many poolings as there are.
/// </summary>
internal sealed class InvertPoolingAndBatchNormalization : IRewrite
{
    /// <summary>The axis of the channels of images, the batch counted.</summary>
    private const int ImageChannels = 3;

    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes.Where(node => node.Layer is BatchNormalization))
        {
            while (editor[editor[node.Name].Inputs[0]] is { Layer: MaxPooling2D or GlobalAveragePooling2D } pooling)
            {
                BatchNormalization normalization = (BatchNormalization)editor[node.Name].Layer;
                if (Obstacle(editor, pooling, normalization) is { } obstacle)
                {
                    log.Kept(node.Name, $"stays behind '{pooling.Name}': {obstacle}");
                    break;
                }

                editor.Swap(pooling.Name, node.Name);
                editor.Replace(normalization with { Axis = ImageChannels });
                log.Rewritten(node.Name, $"goes before '{pooling.Name}'");
            }
        }

        return editor.Build();
    }

    private static string? Obstacle(GraphEditor editor, Node pooling, BatchNormalization normalization)
    {
        int channels = pooling.Layer is GlobalAveragePooling2D { KeepDims: false } ? 1 : ImageChannels;
        return editor.Consumers(pooling.Name).Count != 1 ? "other layers take the output of the pooling"
            : editor.IsOutput(pooling.Name) ? "the model gives the output of the pooling"
            : normalization.Axis != -1 && normalization.Axis != channels ? "it does not normalize channels"
            : pooling.Layer is MaxPooling2D && normalization.Scale && normalization.Gamma.Values.Any(gamma => gamma <= 0)
                ? "a gamma is not positive, and would make the largest value the smallest"
            : null;
    }
}
