using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Calls of TensorFlow's functions, which stay in float.</summary>
internal static class OnnxFloat
{
    /// <summary>A function of single values.</summary>
    public static OnnxActivation Function(OnnxNode node, OnnxImport import, OnnxActivation input, string function, string suffix = "") =>
        import.AddLike(
            new TFOpLambda
            {
                Name = import.FreeName(node.Name + suffix),
                Function = function,
                Call = [new OperatorArgument(null, IsTensor: true)],
            },
            input);

    /// <summary>The power of a constant exponent.</summary>
    public static OnnxActivation Power(OnnxNode node, OnnxImport import, OnnxActivation input, float exponent, string suffix = "") =>
        import.AddLike(
            new TFOpLambda
            {
                Name = import.FreeName(node.Name + suffix),
                Function = "math.pow",
                Call = [new OperatorArgument(null, IsTensor: true), new OperatorArgument("y", IsTensor: false, (double)exponent)],
            },
            input);

    /// <summary>Arithmetic of two tensors, the axes of size 1 of either repeated.</summary>
    public static OnnxActivation Arithmetic(
        OnnxNode node,
        OnnxImport import,
        string function,
        OnnxActivation left,
        OnnxActivation right,
        string suffix = "")
    {
        TFOpLambda layer = new()
        {
            Name = import.FreeName(node.Name + suffix),
            Function = function,
            Call = [new OperatorArgument(null, IsTensor: true), new OperatorArgument("y", IsTensor: true)],
        };
        return import.Add(layer, left.Axes, left, right) with { Flattened = left.Flattened };
    }

    /// <summary>The mean, sum, least or greatest over axes.</summary>
    /// <param name="node">The node that asks for it.</param>
    /// <param name="import">The import.</param>
    /// <param name="input">The tensor.</param>
    /// <param name="function">The function: <c>math.reduce_mean</c>.</param>
    /// <param name="axes">The axes of the ONNX tensor, the batch not counted; at least one.</param>
    /// <param name="keeps">Whether they stay, of size 1.</param>
    /// <param name="suffix">Behind the name of the node, where it has a layer of that name besides.</param>
    public static OnnxActivation Reduce(
        OnnxNode node,
        OnnxImport import,
        OnnxActivation input,
        string function,
        int[] axes,
        bool keeps,
        string suffix = "")
    {
        if (!keeps && axes.Length >= input.Rank)
        {
            throw node.Error(
                "OnnxReduction",
                $"it leaves nothing but the batch of samples of the shape {input.Shape}. Keep one axis of size 1");
        }

        input = input.Flattened is null ? input : import.Ordered(input, OnnxActivation.InOrder(1), node);
        int[] positions = [.. Enumerable.Range(0, input.Axes.Count).Where(position => axes.Contains(input.Axes[position]))];
        TFOpLambda layer = new()
        {
            Name = import.FreeName(node.Name + suffix),
            Function = function,
            Call =
            [
                new OperatorArgument(null, IsTensor: true),
                new OperatorArgument("axis", IsTensor: false, positions.Select(position => (object?)(position + 1L)).ToList()),
                new OperatorArgument("keepdims", IsTensor: false, keeps),
            ],
        };
        IEnumerable<int> left = input.Axes.Where(axis => keeps || !axes.Contains(axis));
        return import.Add(layer, [.. left.Select(axis => keeps ? axis : axis - axes.Count(gone => gone < axis && axis >= 0))], input);
    }

    /// <summary>Values less their mean over axes, divided by the root of their variance, which is at least the epsilon.</summary>
    public static OnnxActivation Normalize(OnnxNode node, OnnxImport import, OnnxActivation input, int[] axes, float epsilon)
    {
        OnnxActivation mean = Reduce(node, import, input, "math.reduce_mean", axes, keeps: true, "/mean");
        OnnxActivation centered = Arithmetic(node, import, "math.subtract", input, mean, "/centered");
        OnnxActivation squares = Function(node, import, centered, "math.square", "/squares");
        OnnxActivation variance = Reduce(node, import, squares, "math.reduce_mean", axes, keeps: true, "/variance");
        OnnxActivation raised = import.AddLike(
            new Rescaling { Name = import.FreeName($"{node.Name}/epsilon"), Scale = [1], Offset = [epsilon] },
            variance);
        return Arithmetic(node, import, "math.multiply", centered, Function(node, import, raised, "math.rsqrt", "/factor"), "/normalized");
    }
}
