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
            if (Linear(producer.Layer) is not { } linear)
            {
                log.Kept(node.Name, $"is not folded: '{producer.Name}' ({producer.Layer.ClassName}) before it has no kernel");
            }
            else if (Obstacle(model, editor, producer, linear, normalization) is { } obstacle)
            {
                log.Kept(node.Name, $"is not folded into '{producer.Name}': {obstacle}");
            }
            else
            {
                editor.Replace(Fold(linear, normalization));
                editor.Remove(node.Name);
                log.Rewritten(node.Name, $"is folded into '{producer.Name}'");
            }
        }

        return editor.Build();
    }

    private static string? Obstacle(Model model, GraphEditor editor, Node producer, LinearLayer linear, BatchNormalization normalization)
    {
        int rank = model.Plan[normalization.Name].Prepared.Output.Shape.Rank;
        return editor.Consumers(producer.Name).Count != 1 ? "other layers take the output before it"
            : editor.IsOutput(producer.Name) ? "the model gives the output before it"
            : linear.Activation != ActivationFunction.Linear ? $"the activation '{linear.Activation}' comes first"
            : normalization.Axis != -1 && normalization.Axis != rank ? "it does not normalize channels"
            : normalization.Scale && normalization.Gamma.Values.Contains(0f) ? "a gamma is 0, and would leave a kernel of nothing but zeros"
            : null;
    }

    private static Layer Fold(LinearLayer linear, BatchNormalization normalization)
    {
        float[] factors = normalization.Factors();
        float[] bias = new float[factors.Length];
        for (int i = 0; i < bias.Length; i++)
        {
            float centered = (linear.Bias?.Values[i] ?? 0f) - normalization.MovingMean.Values[i];
            bias[i] = (normalization.Center ? normalization.Beta.Values[i] : 0f) + (centered * factors[i]);
        }

        // The output channels are last in every kernel here; a depthwise one has them as (channels, multiplier).
        float[] kernel = new float[linear.Kernel.Values.Length];
        for (int i = 0; i < kernel.Length; i++)
        {
            kernel[i] = linear.Kernel.Values[i] * factors[i % factors.Length];
        }

        return linear.With(linear.Kernel with { Values = kernel }, NdArray<float>.Vector(bias));
    }

    private static LinearLayer? Linear(Layer layer) => layer switch
    {
        Conv2D own => new(own.Activation, own.Kernel, own.UseBias ? own.Bias : null, (kernel, bias) => own with { Kernel = kernel, UseBias = true, Bias = bias }),
        DepthwiseConv2D own => new(own.Activation, own.Kernel, own.UseBias ? own.Bias : null, (kernel, bias) => own with { Kernel = kernel, UseBias = true, Bias = bias }),
        SeparableConv2D own => new(own.Activation, own.PointwiseKernel, own.UseBias ? own.Bias : null, (kernel, bias) => own with { PointwiseKernel = kernel, UseBias = true, Bias = bias }),
        Dense own => new(own.Activation, own.Kernel, own.UseBias ? own.Bias : null, (kernel, bias) => own with { Kernel = kernel, UseBias = true, Bias = bias }),
        _ => null,
    };

    private sealed record LinearLayer(
        string Activation, NdArray<float> Kernel, NdArray<float>? Bias, Func<NdArray<float>, NdArray<float>, Layer> With);
}
