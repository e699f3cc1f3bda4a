using AkidaQuant.Akida.Conversion;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives a maximum pool that is part of no convolution one that changes nothing: behind a sum, a concatenation or a branch, behind another
/// pool, or where the convolution in front pads otherwise (convert.md 2.4, 3.5). A rectifier goes behind the pool where values
/// are never negative, or in front, when it stood behind. Pools of 3x3 become two of 2x2, which processors have.
/// </summary>
internal sealed class IdentityBeforePool : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        NeverNegative neverNegative = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is MaxPooling2D pool
                && Problem(node, editor, neverNegative, context) is { } problem)
            {
                Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
                Mend(pool, input, neverNegative.Holds(node.Inputs[0]), editor, context, problem);
            }
        }

        return editor.Build();
    }

    private static ConversionProblem? Problem(Node node, GraphEditor editor, NeverNegative neverNegative, RepairContext context) =>
        context.Problem(node.Name, "AkidaPoolPadding", "AkidaPoolNotSquare")
        ?? context.BlockProblem(node.Name, "AkidaSameUpperPool")
        ?? (!PoolPlace.IsPoolable(editor, editor[node.Name].Inputs[0]) ? context.BlockProblem(node.Name, Judgement.UnknownPattern)
            : PoolStage.IsTwo(((MaxPooling2D)node.Layer).Window) && IdentityConvolution.IsOne(editor[editor[node.Name].Inputs[0]].Layer)
                && neverNegative.Holds(node.Name) ? context.OwnForm(node.Name, Judgement.UnknownPattern)
            : null);

    private static void Mend(
        MaxPooling2D pool, Shape input, bool isNeverNegative, GraphEditor editor, RepairContext context, ConversionProblem problem)
    {
        ConvolutionGeometry geometry = pool.Window.OverPool(pool, input);
        Layer? behind = PoolPlace.ActivationBehind(editor, pool.Name);
        List<string> touched = [];
        bool movesActivation = !isNeverNegative && behind is ReLU { IsNeverNegative: true, NeverFalls: true }
            && (PoolPlace.IsPoolable(editor, editor[pool.Name].Inputs[0]) || PoolStage.Find(geometry, isNeverNegative: false) is null);
        if (PoolStage.Find(geometry, isNeverNegative || movesActivation) is not { } stages)
        {
            return;
        }

        if (movesActivation)
        {
            MoveBefore(pool.Name, behind!.Name, input.Channels, editor, touched);
            (isNeverNegative, behind) = (true, null);
        }

        if (editor[pool.Name].Inputs[0] is var source
            && PoolPlace.IsPoolable(editor, source)
            && IdentityConvolution.IsOne(editor[source].Layer))
        {
            touched.Add(source);
            editor.Remove(source);
        }

        for (int i = 0; i < stages.Count; i++)
        {
            bool isLast = i == stages.Count - 1;
            Insert(PoolPlace.Convolution(editor.FreeName($"{pool.Name}_identity_conv"), input.Channels, stages[i]));
            if (!isLast)
            {
                Insert(new MaxPooling2D { Name = editor.FreeName($"{pool.Name}_half"), Window = stages[i].Window });
                if (isNeverNegative)
                {
                    Insert(new ReLU { Name = editor.FreeName($"{pool.Name}_half_relu") });
                }
            }
        }

        editor.Replace(pool with { Window = stages[^1].Window });
        if (isNeverNegative && behind is null)
        {
            touched.Add(editor.FreeName($"{pool.Name}_relu"));
            editor.InsertAfter(pool.Name, new ReLU { Name = touched[^1] }, moveOutputs: true);
        }

        string sizes = string.Join(" and ", stages.Select(stage => $"{stage.Size}x{stage.Size}"));
        string action = stages.Count == 1
            ? "gets an identity convolution in front"
            : $"becomes {stages.Count} pools of {sizes}, each behind an identity convolution";
        context.Changed(problem, pool.Name, action, touched, isOwnForm: !isNeverNegative && (behind is null || stages.Count > 1));

        void Insert(Layer layer)
        {
            editor.InsertBefore(pool.Name, 0, layer);
            touched.Add(layer.Name);
        }
    }

    /// <summary>Lets the pool follow the rectifier, which then needs a layer of its own.</summary>
    private static void MoveBefore(string pool, string rectifier, int channels, GraphEditor editor, List<string> touched)
    {
        editor.Swap(pool, rectifier);
        if (!PoolPlace.IsPoolable(editor, editor[rectifier].Inputs[0]))
        {
            PoolStage identity = new(1, (0, 0), Padding.Same, 1, 1);
            Layer layer = PoolPlace.Convolution(editor.FreeName($"{rectifier}_identity_conv"), channels, identity);
            editor.InsertBefore(rectifier, 0, layer);
            touched.Add(layer.Name);
        }
    }
}
