using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>
/// Which channels of which tensors can only be scaled together so that a network computes the same: both inputs of an Add and its
/// sum, all channels behind a bound or in one range. A domain begins at the kernels that make it and ends at the kernels that take it.
/// </summary>
internal sealed class ScalingDomains
{
    /// <summary>The domain of what cannot be scaled: inputs, outputs, and what goes into a table.</summary>
    private const int Fixed = 0;

    private readonly Dictionary<string, int[]> _ids = new(StringComparer.Ordinal);
    private readonly List<int> _parents = [Fixed];

    private ScalingDomains()
    {
    }

    /// <summary>The domains in a quantized model.</summary>
    /// <param name="model">The model, calibrated or not.</param>
    /// <param name="plan">A plan of its layers.</param>
    public static ScalingDomains Of(Model model, ExecutionPlan<Node> plan)
    {
        ScalingDomains domains = new();
        foreach (PlanStep<Node> step in plan.Steps)
        {
            Shape shape = step.Prepared.Output.Shape;
            domains.Add(step.Node, shape.Rank == 0 ? 1 : shape.Channels);
        }

        foreach (string output in model.Outputs)
        {
            domains.Fix(domains._ids[output]);
        }

        return domains;
    }

    /// <summary>The domain of a channel of what a layer gives; null for one that cannot be scaled.</summary>
    public int? Find(string layer, int channel) =>
        Root(_ids[layer][channel]) is var root && root != Root(Fixed) ? root : null;

    /// <summary>The channels of what a layer gives.</summary>
    public int Channels(string layer) => _ids[layer].Length;

    private void Add(Node node, int channels)
    {
        int[] first = node.Inputs is [string input, ..] ? _ids[input] : [];
        int[] ids = node.Layer switch
        {
            QuantizedWeightedLayer weighted => OfKernel(weighted, first, channels),
            QuantizedReLU { MaxValue: not null } => Together(first),
            QuantizedReLU or QuantizedMaxPool2D or QuantizedDropout or QuantizedGlobalAveragePooling2D or QuantizedRescaling => first,
            QuantizedFlatten or QuantizedReshape => channels % first.Length == 0
                ? [.. Enumerable.Range(0, channels).Select(channel => first[channel % first.Length])]
                : All(channels, Together(first)[0]),
            QuantizedPermute permute => permute.Dims[^1] == permute.Dims.Count ? first : All(channels, Together(first)[0]),
            QuantizedAdd => Tied(first, _ids[node.Inputs[1]]),
            QuantizedConcatenate => first.Length + _ids[node.Inputs[1]].Length == channels
                ? [.. first, .. _ids[node.Inputs[1]]]
                : Tied(first, _ids[node.Inputs[1]]),
            _ => Ended(node, channels),
        };
        _ids[node.Name] = node.Layer is QuantizedLayer { OutputQuantizer.PerAxis: false } ? Together(ids) : ids;
    }

    /// <summary>A kernel takes up any factor of its inputs, and makes outputs of any factor.</summary>
    private int[] OfKernel(QuantizedWeightedLayer layer, int[] inputs, int channels)
    {
        bool hasOneScale = layer is QuantizedDepthwiseConv2DTranspose or QuantizedSeparableConv2D;
        if (layer.Equalization == Equalization.Stops || HasBorder(layer))
        {
            Fix(inputs);
        }
        else if (layer.Equalization == Equalization.AbsorbsOneRate || hasOneScale)
        {
            Together(inputs);
        }

        int start = _parents.Count;
        _parents.AddRange(Enumerable.Range(start, channels));
        int[] ids = [.. Enumerable.Range(start, channels)];
        return layer is QuantizedDepthwiseConv2DTranspose ? Together(ids) : ids;
    }

    /// <summary>Whether a value is put around the image that would have to be scaled with it.</summary>
    private static bool HasBorder(QuantizedWeightedLayer layer) =>
        layer is QuantizedConv2D { PaddingValue: { } border } && border.Any(value => value != 0);

    private int[] Ended(Node node, int channels)
    {
        foreach (string input in node.Inputs)
        {
            Fix(_ids[input]);
        }

        return All(channels, Fixed);
    }

    private static int[] All(int channels, int id) => [.. Enumerable.Repeat(id, channels)];

    private void Fix(int[] ids)
    {
        foreach (int id in ids)
        {
            Tie(Fixed, id);
        }
    }

    private int[] Together(int[] ids)
    {
        foreach (int id in ids)
        {
            Tie(ids[0], id);
        }

        return ids;
    }

    private int[] Tied(int[] ids, int[] others)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            Tie(ids[i], others[i]);
        }

        return ids;
    }

    private void Tie(int one, int other) => _parents[Root(other)] = Root(one);

    private int Root(int id)
    {
        while (_parents[id] != id)
        {
            _parents[id] = _parents[_parents[id]];
            id = _parents[id];
        }

        return id;
    }
}
