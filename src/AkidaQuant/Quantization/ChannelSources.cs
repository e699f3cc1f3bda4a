using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>A quantizer's range: that of a channel, or of index 0 the only one.</summary>
/// <param name="Layer">The layer that has the quantizer, or the InputQuantizer.</param>
/// <param name="Index">The position among its ranges.</param>
internal readonly record struct ChannelSource(string Layer, int Index);

/// <summary>From which quantizer's range the fractional bits of every channel of every tensor come.</summary>
internal sealed class ChannelSources
{
    private readonly Dictionary<string, ChannelSource[]> _sources = new(StringComparer.Ordinal);

    private ChannelSources()
    {
    }

    /// <summary>The sources of the channels that a layer gives; empty for accumulators, floats and inputs of a fixed type.</summary>
    public IReadOnlyList<ChannelSource> this[string layer] => _sources[layer];

    /// <summary>The sources in a quantized model.</summary>
    /// <param name="plan">Its plan.</param>
    public static ChannelSources Of(ExecutionPlan<Node> plan)
    {
        ChannelSources sources = new();
        foreach (PlanStep<Node> step in plan.Steps)
        {
            Shape shape = step.Prepared.Output.Shape;
            sources._sources[step.Node.Name] = sources.Of(step.Node, shape.Rank == 0 ? 1 : shape.Channels);
        }

        return sources;
    }

    private ChannelSource[] Of(Node node, int channels) => node.Layer switch
    {
        InputQuantizer input => Own(node.Name, channels, input.PerAxis),
        QuantizedLayer { OutputQuantizer: { } output } => Own(node.Name, channels, output.PerAxis),
        QuantizedConcatenate => Joined(node, channels),
        QuantizedMaxPool2D or QuantizedDropout or QuantizedRescaling or QuantizedFlatten or QuantizedReshape or QuantizedPermute
            => Repeated(_sources[node.Inputs[0]], channels),
        _ => [],
    };

    private static ChannelSource[] Own(string layer, int channels, bool perAxis) =>
        [.. Enumerable.Range(0, channels).Select(channel => new ChannelSource(layer, perAxis ? channel : 0))];

    private ChannelSource[] Joined(Node node, int channels)
    {
        ChannelSource[] joined = [.. node.Inputs.SelectMany(input => _sources[input])];
        return node.Inputs.Any(input => _sources[input].Length == 0) ? []
            : joined.Length == channels ? joined
            : _sources[node.Inputs[0]];
    }

    /// <summary>Channels come round and round where an image becomes a row.</summary>
    private static ChannelSource[] Repeated(ChannelSource[] sources, int channels) =>
        sources.Length == 0 || sources.Length == channels
            ? sources
            : [.. Enumerable.Range(0, channels).Select(channel => sources[channel % sources.Length])];
}
