using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives a global average that is the end of no convolution one that changes nothing, and an activation behind a global average likewise:
/// in Akida 2.0 the average stands behind a convolution or its activation, without a pool (convert.md 2.4).
/// </summary>
internal sealed class IdentityAroundAverage : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        NeverNegative neverNegative = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version != AkidaVersion.V2
                || node.Layer is not GlobalAveragePooling2D average
                || context.BlockProblem(node.Name, Judgement.UnknownPattern) is not { } problem)
            {
                continue;
            }

            Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
            if (EndsConvolution(editor, node.Inputs[0]))
            {
                GiveActivationLayer(average, input.Channels, editor, context, problem);
            }
            else if (input.Channels > 1)
            {
                string name = editor.FreeName($"{node.Name}_identity_conv");
                editor.InsertBefore(node.Name, 0, IdentityConvolution.Create(name, input.Channels));
                context.Changed(
                    problem,
                    node.Name,
                    $"gets the identity convolution '{name}' in front",
                    [name],
                    isOwnForm: model.NodeOf(node.Inputs[0]).Layer is MaxPooling2D && !neverNegative.Holds(node.Inputs[0]));
                GiveActivationLayer(average, input.Channels, editor, context, problem);
            }
            else
            {
                // A convolution of one channel is a depthwise one (transforms.md 4.6), behind which no average stands.
                string name = editor.FreeName($"{node.Name}_flatten");
                editor.InsertBefore(node.Name, 0, new Flatten { Name = name });
                float[] weights = [.. Enumerable.Repeat(1f / input.Size, input.Size)];
                editor.Replace(new Dense
                {
                    Name = node.Name,
                    Units = 1,
                    Kernel = new NdArray<float>(new Shape(input.Size, 1), weights),
                    UseBias = false,
                });
                List<string> added = [name];
                if (average.KeepDims)
                {
                    added.Add(editor.FreeName($"{node.Name}_image"));
                    editor.InsertAfter(node.Name, new Reshape { Name = added[^1], TargetShape = new Shape(1, 1, 1) }, moveOutputs: true);
                }

                context.Changed(problem, node.Name, "becomes a Dense layer with equal weights, since its image has one channel", added);
            }
        }

        return editor.Build();
    }

    /// <summary>Whether a layer is a convolution, or the activation right behind one, that nothing but the average takes.</summary>
    private static bool EndsConvolution(GraphEditor editor, string layer)
    {
        string convolution = editor[layer].Layer.IsActivation && editor.Consumers(layer).Count == 1 ? editor[layer].Inputs[0] : layer;
        return editor[convolution].Layer is Conv2D && PoolPlace.IsPoolable(editor, convolution);
    }

    /// <summary>An activation behind an average is one of a layer that changes nothing.</summary>
    private static void GiveActivationLayer(
        GlobalAveragePooling2D average, int channels, GraphEditor editor, RepairContext context, ConversionProblem problem)
    {
        if (PoolPlace.ActivationBehind(editor, average.Name) is { } activation && (average.KeepDims || activation is ReLU))
        {
            string name = editor.FreeName($"{activation.Name}_identity");
            Layer identity = average.KeepDims
                ? IdentityConvolution.Create(name, channels)
                : IdentityConvolution.CreateDense(name, channels);
            editor.InsertBefore(activation.Name, 0, identity);
            context.Changed(
                problem, activation.Name, $"gets the identity '{name}' in front, since it stands behind a global average", [name]);
        }
    }
}
