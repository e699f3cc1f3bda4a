using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>
/// Where one range serves all channels of a tensor, brings channels to the same range first: the filters that give them are scaled,
/// and the kernels behind take it up, so that the float network computes the same (Nagel and others, 2019; optimization.md, step 0).
/// </summary>
/// <param name="quantized">The quantized model, which says where one range serves a tensor.</param>
/// <param name="freedom">Which tensors may be rescaled.</param>
/// <param name="mayChange">Whether a layer may change.</param>
internal sealed class ChannelBalance(Model quantized, RateFreedom freedom, Func<string, bool> mayChange)
{
    /// <summary>Channels are raised at most so far.</summary>
    private const float MostFactor = 32;

    /// <summary>So many squared values are needed to raise a channel at all.</summary>
    private const float FewValues = 4;

    /// <summary>The tensors whose channels can be brought to the same range.</summary>
    public IReadOnlyList<Place> Places() => [.. Single().Concat(Met()).Where(place => Absorbers(place) is not null)];

    /// <summary>The float network with scaled channels.</summary>
    /// <param name="floating">The float network.</param>
    /// <param name="place">The tensors.</param>
    /// <param name="greatest">The greatest magnitude of each channel there.</param>
    /// <param name="count">The number of values that this was seen of.</param>
    public Model Apply(Model floating, Place place, float[] greatest, int count)
    {
        // Few values do not show how far a channel goes: it is raised the less, the fewer there are.
        float most = greatest.Max();
        float least = most * Math.Clamp(FewValues / MathF.Sqrt(count), 1 / MostFactor, 1f);
        float[] factors = Array.ConvertAll(greatest, own => own > 0 ? most / Math.Max(own, least) : 1f);
        HashSet<string> absorbers = Absorbers(place)!;
        return floating.WithLayers(layer =>
        {
            layer = absorbers.Contains(layer.Name)
                ? layer.DivideInputs(RescalingDomains.Repeat(
                    ScalarOrVector<float>.Vector(factors),
                    floating.Plan[floating.NodeOf(layer.Name).Inputs[0]].Prepared.Output.Shape.Channels)!.Value)
                : layer;
            return place.Sources.Contains(layer.Name) ? Scaled((WeightedLayer)layer, factors) : layer;
        });
    }

    /// <summary>Quantizers of which nothing else depends.</summary>
    private IEnumerable<Place> Single() =>
        from node in quantized.Nodes
        where RescalingDomains.Rated(node.Layer) is { PerAxis: false } && mayChange(node.Name) && freedom.Required(node.Name) is null
        let source = Source(node)
        where source is { Layer: QuantizedWeightedLayer }
        select new Place([node.Name], [source.Name]);

    /// <summary>Tensors that meet in additions, where all that give them are kernels.</summary>
    private IEnumerable<Place> Met()
    {
        foreach (string[] members in freedom.Groups)
        {
            Node[] nodes = [.. members.Select(quantized.NodeOf)];
            Node?[] sources = [.. nodes.Where(node => node.Layer is not QuantizedAdd).Select(Source)];
            bool isOne = nodes.Any(node => node.Layer is QuantizedLayer { OutputQuantizer.PerAxis: false });
            if (isOne && sources.All(source =>
                source is not null && (source.Layer is QuantizedWeightedLayer || members.Contains(source.Name))))
            {
                yield return new Place(
                    [.. nodes.Where(node => node.Layer is QuantizedLayer { OutputQuantizer: not null }).Select(node => node.Name)],
                    [.. sources.Where(source => source!.Layer is QuantizedWeightedLayer).Select(source => source!.Name).Distinct()]);
            }
        }
    }

    private static WeightedLayer Scaled(WeightedLayer layer, float[] factors)
    {
        WeightedLayer scaled = layer.ScaleOutputs(factors);
        return layer.UseBias
            ? scaled with { Bias = layer.Bias with { Values = [.. layer.Bias.Values.Zip(factors, (value, factor) => value * factor)] } }
            : scaled;
    }

    /// <summary>
    /// The layer with a kernel whose filters are the channels of a quantizer, or the addition that gives them; null where their scale
    /// cannot be chosen.
    /// </summary>
    private Node? Source(Node node)
    {
        for (; ; node = quantized.NodeOf(node.Inputs[0]))
        {
            switch (node.Layer)
            {
                // One scale for all filters would lose what is gained.
                case QuantizedDepthwiseConv2DTranspose or QuantizedStatefulRecurrent:
                    return null;
                case QuantizedWeightedLayer when mayChange(node.Name):
                case QuantizedAdd:
                    return node;
                case QuantizedReLU { MaxValue: null } or QuantizedMaxPool2D or QuantizedGlobalAveragePooling2D
                    when quantized.Consumers(node.Inputs[0]).Count == 1
                        && quantized.NodeOf(node.Inputs[0]).Layer is QuantizedLayer { OutputQuantizer: null }:
                    continue;
                default:
                    return null;
            }
        }
    }

    /// <summary>The layers whose kernels take the scaling up; null where channels come together with others on the way.</summary>
    private HashSet<string>? Absorbers(Place place)
    {
        HashSet<string> absorbers = new(StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        return place.Quantizers.All(quantizer => AddAbsorbers(quantizer, absorbers, seen)) ? absorbers : null;
    }

    private bool AddAbsorbers(string layer, HashSet<string> absorbers, HashSet<string> seen)
    {
        foreach (Node next in quantized.Consumers(layer))
        {
            if (next.Layer.Equalization == Equalization.Absorbs)
            {
                absorbers.Add(next.Name);
            }
            else if (next.Layer is QuantizedConcatenate || (seen.Add(next.Name) && !AddAbsorbers(next.Name, absorbers, seen)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tensors whose channels are scaled together.</summary>
    /// <param name="Quantizers">The layers that give them quantized.</param>
    /// <param name="Sources">The layers whose filters are the channels.</param>
    internal sealed record Place(IReadOnlyList<string> Quantizers, IReadOnlyList<string> Sources);
}
