using AkidaQuant.Kernels.Float;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// Makes <c>x * relu6(x + 3) / 6</c>, written out, into the one activation that it is (transforms.md 4.3), whichever
/// product comes first. The reference knows <c>x * (relu6(x + 3) / 6)</c> only.
/// </summary>
internal sealed class ReconstructHardSilu : IRewrite
{
    private const float Shift = 3f;

    private const float Limit = 6f;

    /// <inheritdoc/>
    public Model Apply(Model model, RewriteLog log)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes.Reverse())
        {
            if (Input(model, node) is { } input)
            {
                string name = editor.FreeName("activation");
                editor.Replace(node.Name, new TableActivation { Name = name, Function = "hard_silu" }, [input]);
                log.Rewritten(node.Name, $"ends a hard_silu of '{input}', which becomes the activation '{name}'");
            }
        }

        return editor.Build();
    }

    /// <summary>The layer whose hard_silu the node gives; null when it gives something else.</summary>
    private static string? Input(Model model, Node end)
    {
        if (end.Layer is Multiply)
        {
            return Gated(model, end, gate => Sixth(gate) is { } limited ? Only(model, limited) : null);
        }

        return Sixth(end) is { } product && Only(model, product) is { Layer: Multiply } node ? Gated(model, node, gate => gate) : null;
    }

    /// <summary>The layer that a product multiplies with its own gate.</summary>
    private static string? Gated(Model model, Node product, Func<Node, Node?> limited) =>
        new[] { (product.Inputs[0], product.Inputs[1]), (product.Inputs[1], product.Inputs[0]) }
            .Where(pair => Only(model, pair.Item2) is { } gate
                && limited(gate) is { Layer: ReLU { MaxValue: Limit, NegativeSlope: 0, Threshold: 0 } } limit
                && Only(model, limit.Inputs[0]) is { Layer: TFOpLambda call } sum
                && OperatorFunctions.ArithmeticOf(call.Function) == Arithmetic.Add && call.Scalar() == Shift
                && sum.Inputs[0] == pair.Item1)
            .Select(pair => pair.Item1)
            .FirstOrDefault();

    /// <summary>What the node divides by six; null when it does something else.</summary>
    private static string? Sixth(Node node) =>
        node.Layer is TFOpLambda call
        && call.Scalar() is { } constant
        && (OperatorFunctions.ArithmeticOf(call.Function) == Arithmetic.Multiply ? constant == 1 / Limit
            : OperatorFunctions.ArithmeticOf(call.Function) == Arithmetic.Divide && call.Call[0].IsTensor && constant == Limit)
            ? node.Inputs[0] : null;

    /// <summary>The node of that name, if just one other takes it and the model does not give it.</summary>
    private static Node? Only(Model model, string name) =>
        model.Consumers(name).Count == 1 && !model.Outputs.Contains(name) ? model.NodeOf(name) : null;
}
