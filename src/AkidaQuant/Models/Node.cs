using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>A layer in a graph with the names of the layers that feed it, in the order of its inputs.</summary>
public sealed record Node(Layer Layer, IReadOnlyList<string> Inputs)
{
    /// <summary>The name of the layer.</summary>
    public string Name => Layer.Name;
}
