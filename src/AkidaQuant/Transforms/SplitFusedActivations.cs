using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>Makes activations inside of layers into layers of their own (transforms.md 4.1).</summary>
internal sealed class SplitFusedActivations : IRewrite
{
    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (Split(node.Layer) is not ({ } linear, { } function) || function == ActivationFunction.Linear)
            {
                continue;
            }

            string name = editor.FreeName($"{node.Name}_activ");
            editor.Replace(linear);
            editor.InsertAfter(
                node.Name, new Activation { Name = name, Function = function == "silu" ? "swish" : function }, moveOutputs: true);
            log.Rewritten(node.Name, $"gives its activation '{function}' to the new layer '{name}'");
        }

        return editor.Build();
    }

    private static (Layer? Linear, string? Function) Split(Layer layer) => layer switch
    {
        Conv2D convolution => (convolution with { Activation = ActivationFunction.Linear }, convolution.Activation),
        DepthwiseConv2D depthwise => (depthwise with { Activation = ActivationFunction.Linear }, depthwise.Activation),
        SeparableConv2D separable => (separable with { Activation = ActivationFunction.Linear }, separable.Activation),
        Dense dense => (dense with { Activation = ActivationFunction.Linear }, dense.Activation),
        _ => (null, null),
    };
}
