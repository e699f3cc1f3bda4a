using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Activation functions: those that quantize to tables, and those that stay in float.</summary>
internal sealed class ActivationOperator : OnnxOperator
{
    private const float DefaultLeak = 0.01f;
    private const int FirstSoftmaxOfOneAxis = 13;
    private const int FirstPReluThatBroadcasts = 7;

    private static readonly Dictionary<string, string> Functions = new(StringComparer.Ordinal)
    {
        ["Sigmoid"] = "sigmoid",
        ["Tanh"] = "tanh",
        ["Softplus"] = "softplus",
        ["Softsign"] = "softsign",
        ["Exp"] = "exponential",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes =>
        [.. Functions.Keys, "LeakyRelu", "PRelu", "HardSigmoid", "HardSwish", "Swish", "Gelu", "Softmax", "LogSoftmax"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        OnnxActivation input = import.Activation(node);
        import.Set(
            node,
            node.OpType switch
            {
                "HardSwish" => Table(node, import, input, "hard_silu"),
                "Swish" when node.Float("alpha", 1) == 1 => Table(node, import, input, "swish"),
                "Gelu" => Table(node, import, input, node.Text("approximate", "none") == "tanh" ? "gelu_tanh" : "gelu"),
                "LeakyRelu" => import.AddLike(
                    new LeakyReLU { Name = import.NameOf(node), Alpha = node.Float("alpha", DefaultLeak) },
                    input),
                "PRelu" => Slopes(node, import, input),
                "HardSigmoid" => HardSigmoid(node, import, input),
                "Softmax" or "LogSoftmax" => Softmax(node, import, input),
                _ when Functions.TryGetValue(node.OpType, out string? function) => Function(node, import, input, function),
                _ => throw node.Error(
                    "OnnxActivation",
                    $"its alpha is {node.Float("alpha", 1).ToString(System.Globalization.CultureInfo.InvariantCulture)}, and only 1 has a layer here. Use an alpha of 1, or another activation"),
            });
    }

    /// <summary>The output of a node as a function of a tensor that lies some nodes before it.</summary>
    public static void ImportTable(OnnxNode node, OnnxImport import, string root, string function) =>
        import.Set(node, Table(node, import, import.Activation(node, root), function));

    private static OnnxActivation Table(OnnxNode node, OnnxImport import, OnnxActivation input, string function) =>
        import.AddLike(new TableActivation { Name = import.NameOf(node), Function = function }, input);

    private static OnnxActivation Function(OnnxNode node, OnnxImport import, OnnxActivation input, string function) =>
        import.AddLike(new Activation { Name = import.NameOf(node), Function = function }, input);

    /// <summary>The bounds of a rectifier: <c>clip(alpha x + beta, 0, 1)</c>.</summary>
    private static OnnxActivation HardSigmoid(OnnxNode node, OnnxImport import, OnnxActivation input)
    {
        OnnxActivation line = ChannelAffine.Add(node, import, input, [node.Float("alpha", 0.2f)], [node.Float("beta", 0.5f)], "/line");
        return import.AddLike(new ReLU { Name = import.NameOf(node), MaxValue = 1 }, line);
    }

    private static OnnxActivation Slopes(OnnxNode node, OnnxImport import, OnnxActivation input)
    {
        OnnxConstant slopes = import.Required(node, 1, "its slopes");
        if (import.Graph.File.OperatorSet < FirstPReluThatBroadcasts && slopes.Shape.Rank == 1)
        {
            // Before, one slope a channel needed no further axes.
            slopes = slopes.Reshape(new Shape([slopes.Count, .. Enumerable.Repeat(1, input.Rank - 1)]));
        }

        float[]? values = OnnxChannelValues.Find(input, slopes);
        if (values is null && input.Rank == 3)
        {
            input = import.Image(node);
            values = OnnxChannelValues.Find(input, slopes);
        }

        return values switch
        {
            null => throw node.Error(
                "OnnxPRelu",
                $"its slopes have the shape {slopes.Shape}, and its input {input.Shape} behind the batch. Only one slope, or one a channel, has a layer here: use nn.PReLU"),
            [float slope] => import.AddLike(new LeakyReLU { Name = import.NameOf(node), Alpha = slope }, input),
            _ => import.AddLike(
                new PReLU
                {
                    Name = import.NameOf(node),
                    SharedAxes = [.. Enumerable.Range(1, input.Axes.Count - 1)],
                    Alpha = new NdArray<float>(new Shape([.. Enumerable.Repeat(1, input.Axes.Count - 1), values.Length]), values),
                },
                input),
        };
    }

    private static OnnxActivation Softmax(OnnxNode node, OnnxImport import, OnnxActivation input)
    {
        int rank = input.Rank + 1;
        bool isOfRows = import.Graph.File.OperatorSet < FirstSoftmaxOfOneAxis;
        long given = node.Int("axis", isOfRows ? 1 : -1);
        long axis = given < 0 ? given + rank : given;

        // Before, all axes from that one on were taken together.
        bool isOfOneAxis = !isOfRows || input.Shape.Skip((int)Math.Clamp(axis, 0, rank)).All(size => size == 1);
        return isOfOneAxis && axis - 1 == input.Axes[^1]
            ? import.AddLike(node.OpType == "Softmax" ? new Softmax { Name = import.NameOf(node) } : Logarithm(node, import), input)
            : throw node.Error(
                "OnnxSoftmax",
                $"it works along axis {given} of a tensor of the shape {input.Shape} behind the batch, and only the channels of images and the last axis of others have a layer here. Put those values last, or take the softmax of the outputs yourself");
    }

    /// <summary>
    /// A call of TensorFlow's function, because Keras has no layer and no activation of that name in all of its versions.
    /// </summary>
    private static TFOpLambda Logarithm(OnnxNode node, OnnxImport import) => new()
    {
        Name = import.NameOf(node),
        Function = "nn.log_softmax",
        Call = [new OperatorArgument(null, IsTensor: true)],
    };
}
