using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Moves a maximum pool behind a concatenation into the branches, where each becomes part of the convolution that ends the branch: every
/// channel is pooled by itself, so that no layer has to be added, and what lies between is computed for fewer cells. Pools of 3x3
/// stay, since processors have them in two parts only.
/// </summary>
internal sealed class MovePoolsIntoBranches : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is MaxPooling2D pool
                && !PoolStage.IsTwo(pool.Window)
                && (context.OwnForm(node.Name, Judgement.UnknownPattern)
                    ?? context.Problem(node.Name, "AkidaPoolPadding", "AkidaPoolNotSquare")
                    ?? context.BlockProblem(node.Name, Judgement.UnknownPattern)) is { } problem
                && Branches(model, editor, node) is { } branches)
            {
                Move(pool, branches, editor, context, problem);
            }
        }

        return editor.Build();
    }

    /// <summary>
    /// The activations that end the branches, with the windows that pool behind their convolutions; null where not all branches fit.
    /// </summary>
    private static List<(string Activation, ConvolutionWindow Window)>? Branches(Model model, GraphEditor editor, Node pool)
    {
        string source = pool.Inputs[0];
        if (PoolPlace.IsPoolable(editor, source) && IdentityConvolution.IsOne(editor[source].Layer))
        {
            source = editor[source].Inputs[0];
        }

        List<(string, ConvolutionWindow)> branches = [];
        return editor[source].Layer is Concatenate && Collect(model, editor, (MaxPooling2D)pool.Layer, source, branches) ? branches : null;
    }

    private static bool Collect(
        Model model, GraphEditor editor, MaxPooling2D pool, string layer, List<(string Activation, ConvolutionWindow Window)> branches)
    {
        if (editor.Consumers(layer).Count != 1 || editor.IsOutput(layer))
        {
            return false;
        }

        // A concatenation of more than two is several, with an identity behind each (transforms.md 5.1, 5.5.2).
        Node node = editor[layer];
        if (IdentityConvolution.IsOne(node.Layer) && editor[node.Inputs[0]].Layer is Concatenate)
        {
            return Collect(model, editor, pool, node.Inputs[0], branches);
        }

        if (node.Layer is Concatenate concatenation)
        {
            int rank = model.Plan[layer].Prepared.Output.Shape.Rank;
            return (concatenation.Axis == -1 || concatenation.Axis == rank)
                && node.Inputs.All(input => Collect(model, editor, pool, input, branches));
        }

        if (!node.Layer.IsActivation || !node.Layer.NeverFalls || !PoolPlace.IsPoolable(editor, node.Inputs[0])
            || model.Find(node.Inputs[0]) is not { } convolution
            || PoolPlace.Alike(
                pool,
                model.Plan[convolution.Name].Prepared.Output.Shape,
                PoolPlace.Paddings(convolution.Layer, model.Plan[convolution.Inputs[0]].Prepared.Output.Shape)) is not { } window)
        {
            return false;
        }

        branches.Add((layer, window));
        return true;
    }

    private static void Move(
        MaxPooling2D pool,
        List<(string Activation, ConvolutionWindow Window)> branches,
        GraphEditor editor,
        RepairContext context,
        ConversionProblem problem)
    {
        List<string> touched = [];
        foreach ((string activation, ConvolutionWindow window) in branches)
        {
            touched.Add(editor.FreeName($"{pool.Name}_{editor[activation].Inputs[0]}"));
            touched.Add(editor[activation].Inputs[0]);
            editor.InsertBefore(activation, 0, new MaxPooling2D { Name = touched[^2], Window = window });
        }

        if (editor[pool.Name].Inputs[0] is var source && IdentityConvolution.IsOne(editor[source].Layer))
        {
            touched.Add(source);
            editor.Remove(source);
        }

        editor.Remove(pool.Name);
        context.Changed(problem, pool.Name, $"moves into the {branches.Count} branches of the concatenation in front", touched);
    }
}
