using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes a network of images in time into one that takes the images one by one and remembers those that its kernels
/// still see (transforms.md 4.4). All layers change, or none.
/// </summary>
internal sealed class ReplaceVolumeConvolutions : IRewrite
{
    /// <summary>Time, height, width and channels.</summary>
    private const int VolumeRank = 4;

    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        if (model.InputShape.Rank != VolumeRank || !model.GraphLayers.Any(layer => layer is Conv3D or PleiadesLayer))
        {
            return model;
        }

        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            StepForm form = StepForm.Of(model, node);
            if (form.Obstacle is { } obstacle)
            {
                log.Kept(node.Name, $"keeps the whole model from taking images one by one: {obstacle}");
                return model;
            }

            if (form.Layer is { } layer)
            {
                editor.Replace(layer);
            }
            else
            {
                editor.Remove(node.Name);
            }
        }

        Model rewritten = editor.Build();
        try
        {
            _ = rewritten.Plan;
        }
        catch (QuantException error)
        {
            log.Kept(model.Name, $"cannot take images one by one: {error.Message.TrimEnd('.')}");
            return model;
        }

        log.Rewritten(
            model.Name,
            $"takes images of {rewritten.InputShape} one by one now, and remembers what its kernels over time still see");
        return rewritten;
    }
}
