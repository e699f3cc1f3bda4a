using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Takes batch normalization into the kernel and bias of the layer before it, in float32 and in the order of
/// operations that the reference has (transforms.md 4.11).
/// </summary>
internal sealed class FoldBatchNormalization : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes.Where(node => node.Layer is BatchNormalization))
        {
            Node producer = editor[editor[node.Name].Inputs[0]];
            BatchNormalization normalization = (BatchNormalization)node.Layer;
            if (producer.Layer is not WeightedLayer weighted)
            {
                log.Kept(node.Name, $"is not folded: '{producer.Name}' ({producer.Layer.ClassName}) before it has no kernel");
            }
            else if (Obstacle(model, editor, producer, weighted, normalization) is { } obstacle)
            {
                log.Kept(node.Name, $"is not folded into '{producer.Name}': {obstacle}");
            }
            else
            {
                editor.Replace(Fold(weighted, normalization));
                editor.Remove(node.Name);
                log.Rewritten(node.Name, $"is folded into '{producer.Name}'");
            }
        }

        return editor.Build();
    }

    private static string? Obstacle(
        Model model,
        GraphEditor editor,
        Node producer,
        WeightedLayer weighted,
        BatchNormalization normalization)
    {
        int rank = model.Plan[normalization.Name].Prepared.Output.Shape.Rank;
        return editor.Consumers(producer.Name).Count != 1 ? "other layers take the output before it"
            : editor.IsOutput(producer.Name) ? "the model gives the output before it"
            : weighted.Activation != ActivationFunction.Linear ? $"the activation '{weighted.Activation}' comes first"
            : normalization.Axis != -1 && normalization.Axis != rank ? "it does not normalize channels"
            : !model.Input.IsFromOnnx && normalization.Scale && normalization.Gamma.Values.Contains(0f)
                ? "a gamma is 0, and would leave a kernel of nothing but zeros"
            : null;
    }

    private static WeightedLayer Fold(WeightedLayer weighted, BatchNormalization normalization)
    {
        float[] factors = normalization.Factors();
        float[] bias = new float[factors.Length];
        for (int i = 0; i < bias.Length; i++)
        {
            float centered = (weighted.UseBias ? weighted.Bias.Values[i] : 0f) - normalization.MovingMean.Values[i];
            bias[i] = (normalization.Center ? normalization.Beta.Values[i] : 0f) + (centered * factors[i]);
        }

        return weighted.ScaleOutputs(factors) with { UseBias = true, Bias = NdArray<float>.Vector(bias) };
    }
}
