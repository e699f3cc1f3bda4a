using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes a network with layers of one dimension, over rows in time, into one over images of height 1, which computes the same and whose
/// layers have integers. All tensors of rows change, or none; samples and outputs keep the shape that callers know. The reference has no
/// form for such layers. Other networks are not touched.
/// </summary>
internal sealed class ReplaceSequences : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        if (!model.GraphLayers.Any(layer => layer is SequenceLayer))
        {
            return model;
        }

        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            RowForm form = RowForm.Of(model, node);
            if (form.Obstacle is { } obstacle)
            {
                log.Kept(node.Name, $"keeps the whole model from taking images of height 1: {obstacle}");
                return model;
            }

            editor.Replace(form.Layer!);
        }

        foreach (string output in model.Outputs.Distinct())
        {
            if (RowForm.Output(model, output) is { Rank: RowForm.Rank } shape)
            {
                Reshape rows = new() { Name = editor.FreeName($"{output}_rows"), TargetShape = shape };
                editor.InsertAfter(output, rows, consumers: [], moveOutputs: true);
            }
        }

        Model rewritten = editor.Build();
        try
        {
            _ = rewritten.Plan;
        }
        catch (QuantException error)
        {
            log.Kept(model.Name, $"cannot take images of height 1: {error.Message.TrimEnd('.')}");
            return model;
        }

        log.Rewritten(model.Name, "computes over images of height 1 what its layers of one dimension do over rows");
        return rewritten;
    }
}
